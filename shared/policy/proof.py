"""The proof that a change locks nobody out, as it stands in the event and the record."""

from dataclasses import dataclass
from datetime import date

PHONE = "phone"


@dataclass(frozen=True, slots=True)
class MethodProof:
    """One method after the change, whether it can be used to sign in, and why it counts or does not."""

    method: str
    usable: bool
    why: str


@dataclass(frozen=True, slots=True)
class LockOutProof:
    """How many usable methods there are before and after a change, as of a day (UTC). All phones count once."""

    as_of: date
    before: int
    after: int
    minimum: int
    methods: tuple[MethodProof, ...]
    # Why the minimum does not apply; empty where it does.
    exempt: str = ""

    @property
    def locks_out(self) -> bool:
        """Whether the change takes away what policy demands; who had less before is no worse off."""
        return not self.exempt and self.after < self.before and self.after < self.minimum

    @property
    def only_phones(self) -> bool:
        """Whether a phone is all that the user could sign in with."""
        usable = [method.method for method in self.methods if method.usable]
        return bool(usable) and all(method.startswith(PHONE) for method in usable)
