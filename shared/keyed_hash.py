"""The one keyed hash: of numbers, of requests' content, of where a copy comes from."""

import hashlib
import hmac


def keyed_hash(content: bytes, key: bytes) -> str:
    """Gives HMAC-SHA256 in hex."""
    return hmac.new(key, content, hashlib.sha256).hexdigest()
