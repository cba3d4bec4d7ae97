"""The command of `shared.explain`, under the name of what it explains: `python -m shared.policy`."""

import sys

from shared.explain.command import main

if __name__ == "__main__":
    sys.exit(main())
