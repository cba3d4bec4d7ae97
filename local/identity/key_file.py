"""The key that the identity endpoint signs with and the Graph twin verifies with."""

import os
import secrets
from pathlib import Path

from local.serving import CannotStartError

KEY_BYTES = 32  # HS256 asks for at least as many as its hash has, RFC 7518 section 3.2
DEFAULT_KEY_FILE = Path(".local/identity.key")


def new_key() -> bytes:
    """Returns a random signing key."""
    return secrets.token_bytes(KEY_BYTES)


def shared_key(path: Path) -> bytes:
    """Reads the key from the file, which it makes, readable by its owner only, where there is none.

    Raises `CannotStartError` where the file cannot be read or made, or holds something else than a key.
    """
    try:
        if not path.exists():
            _make(path)
        key = bytes.fromhex(path.read_text("ascii").strip())
    except OSError as fault:
        message = f"The key file {path} cannot be used: {fault.strerror or fault}."
        raise CannotStartError(message) from fault
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        message = f"The key file {path} does not hold a key; delete it to have a new one made."
        raise CannotStartError(message)
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(new_key().hex() + "\n")
        # Both programs may start at once: link() lets exactly one of them win, with a whole key.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
