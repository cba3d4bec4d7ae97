"""Tables of documents that are made from the code, between markers. Pure."""

import re
from collections.abc import Iterable, Mapping

type Row = tuple[str, ...]
_BEGIN, _END = "<!-- generated: {} -->", "<!-- end of {} -->"


def markdown(head: Row, rows: Iterable[Row]) -> str:
    """Gives a table as Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)


def with_tables(document: str, tables: Mapping[str, str]) -> str:
    """Gives a document with every table between its markers made anew. Raises ValueError where a marker is missing."""
    for name, table in tables.items():
        begin, end = _BEGIN.format(name), _END.format(name)
        found = re.search(f"{re.escape(begin)}.*?{re.escape(end)}", document, re.DOTALL)
        if found is None:
            message = f"The document has no place for the table {name}: {begin} and {end} must stand in it."
            raise ValueError(message)
        document = "".join([document[: found.start()], begin, "\n", table, "\n", end, document[found.end() :]])
    return document
