"""Where a request first came from; a copy that is tried later carries it, signed: no producer can make it up."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.keyed_hash import keyed_hash

# Application properties of a copy, all of them text: the SDK encodes a whole number in 32 bits.
ATTEMPT = "attempt"
SEQUENCE = "originalSequence"
MESSAGE_ID = "originalMessageId"
ACCEPTED_AT = "originalEnqueuedAt"
SIGNATURE = "originSignature"
_FIELDS = (ATTEMPT, SEQUENCE, MESSAGE_ID, ACCEPTED_AT)


@dataclass(frozen=True, slots=True)
class Origin:
    """A request's first arrival: its MessageId, its place in the queue, its time (UTC), and how often it was tried."""

    message_id: str
    sequence: int
    accepted_at: datetime
    attempt: int = 1

    def next_attempt(self) -> "Origin":
        """Gives the origin as the next attempt carries it."""
        return replace(self, attempt=self.attempt + 1)

    def signed(self, body: bytes, key: bytes) -> dict[str, str]:
        """Gives the properties of a copy with this body. Whoever forged them could overtake, or bar, other requests."""
        fields = {
            ATTEMPT: str(self.attempt),
            SEQUENCE: str(self.sequence),
            MESSAGE_ID: self.message_id,
            ACCEPTED_AT: self.accepted_at.isoformat(),
        }
        return {**fields, SIGNATURE: _signature(fields, body, key)}


def origin_of(properties: Mapping[str, object], body: bytes, keys: Iterable[bytes]) -> Origin | None:
    """Reads the origin of a copy that this product sent; None where the properties are absent or not its own."""
    fields = {name: value for name in _FIELDS if isinstance(value := properties.get(name), str)}
    signature = properties.get(SIGNATURE)
    if len(fields) < len(_FIELDS) or not isinstance(signature, str):
        return None
    genuine = any(_equal(signature, _signature(fields, body, key)) for key in keys)
    return _parsed(fields) if genuine else None


def _parsed(fields: Mapping[str, str]) -> Origin:
    return Origin(
        message_id=fields[MESSAGE_ID],
        sequence=int(fields[SEQUENCE]),
        accepted_at=datetime.fromisoformat(fields[ACCEPTED_AT]),
        attempt=int(fields[ATTEMPT]),
    )


def _signature(fields: Mapping[str, str], body: bytes, key: bytes) -> str:
    content = json.dumps(["origin", *(fields[name] for name in _FIELDS), hashlib.sha256(body).hexdigest()])
    return keyed_hash(content.encode(), key)


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
