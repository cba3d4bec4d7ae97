"""`python -m local.sweep_demo`: a company is swept on this machine, and its report opens one's eyes."""

import sys

EXIT_STOPPED = 130


def start() -> int:
    """Runs the demo; Ctrl-C is understood even while Python is still reading the libraries."""
    try:
        from local.sweep_demo.command import main  # noqa: PLC0415 - it takes a second, in which people change their mind

        return main()
    except KeyboardInterrupt:
        print("Stopped; nothing is left running.", file=sys.stderr)  # noqa: T201 - for the person at the terminal
        return EXIT_STOPPED


if __name__ == "__main__":
    sys.exit(start())
