"""Prints the tables of docs/sweep-rules.md, or puts them there: `python -m shared.compliance [docs/sweep-rules.md]`."""

import sys
from pathlib import Path

from shared.compliance.rule_tables import tables
from shared.document_tables import with_tables


def main(words: list[str]) -> None:
    """Puts the tables between the markers of a document; prints them where none is named."""
    if not words:
        print("\n\n".join(tables().values()))  # noqa: T201 - a command's answer
        return
    document = Path(words[0])
    document.write_text(with_tables(document.read_text(encoding="utf-8"), tables()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
