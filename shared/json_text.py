"""What JSON can say and UTF-8 cannot."""

import json
from typing import Any


def is_text(value: Any) -> bool:  # noqa: ANN401 - any JSON
    r"""Says whether every string of a JSON value is one that can be written: `\ud800` alone is half a character."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def writable(text: str) -> str:
    r"""Gives text that UTF-8 can write: half a character, such as `\ud800` alone, becomes a question mark."""
    return text.encode(errors="replace").decode()


def shown(name: str) -> str:
    """Gives a name so that it can be printed, in one line."""
    return name if name.isprintable() else ascii(name)
