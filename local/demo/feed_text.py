"""Reads a feed's file as text, whatever a spreadsheet or an export made of it."""

import codecs
import re
from pathlib import Path

from local.serving import CannotStartError

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What `surrogateescape` makes of bytes that it cannot decode, and what JSON may write as "\\ud800".
_NO_TEXT = re.compile("[\ud800-\udfff]")


def text_of(path: Path) -> str:
    """Reads UTF-8, UTF-16 with a byte order mark, or Windows-1252.

    Bytes that are no text stay recognizable to `is_text`, so that only their own row is refused. Raises
    CannotStartError where the file cannot be read, is empty, or is no text at all.
    """
    try:
        data = path.read_bytes()
    except OSError as fault:
        message = f"The feed {path} cannot be read: {fault.strerror}."
        raise CannotStartError(message) from fault
    text = _decoded(data)
    if not text.strip():
        message = f"The feed {path} is empty."
        raise CannotStartError(message)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        message = f"The feed {path} is a workbook, not text: save it as CSV."
        raise CannotStartError(message)
    return text


def is_text(piece: str) -> bool:
    """Says whether a piece of the feed is text: all its bytes could be decoded, and it can be encoded again."""
    return not _NO_TEXT.search(piece)


def _decoded(data: bytes) -> str:
    if data.startswith(_UTF_16):
        return data.decode("utf-16", errors="replace")
    text = data.decode("utf-8-sig", errors="surrogateescape")
    # One broken row does not make a file Windows-1252: then no other row could hold a sign of several bytes.
    if is_text(text) or re.search("[^\x00-\x7f\udc80-\udcff]", text):
        return text
    return data.decode("cp1252", errors="surrogateescape")
