"""What tells two messages with the same request id apart: a keyed hash of their content.

The content holds a phone number, and there are few enough of those to try them all: hence a key, not a plain hash.
"""

import json

from shared.keyed_hash import keyed_hash
from shared.messages.change_request import ChangeRequest

# Enough hex digits that two contents under one id never share them by chance.
_DISCRIMINATOR_LENGTH = 16


def fingerprint(request: ChangeRequest, key: bytes) -> str:
    """Gives HMAC-SHA256 in hex over the request's fields; layout, order and unknown fields do not matter."""
    canonical = json.dumps(request.content(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return keyed_hash(canonical.encode(), key)


def fingerprint_of_unreadable(message_id: str, body: bytes, key: bytes) -> str:
    """Gives HMAC-SHA256 in hex over a message that fits no contract: its copies have its MessageId and its body."""
    return keyed_hash(f"{message_id}\0".encode() + body, key)


def discriminator(fingerprint: str) -> str:
    """Gives the part of a fingerprint that stands in keys and event ids."""
    return fingerprint[:_DISCRIMINATOR_LENGTH]
