"""How previous numbers are written to be encrypted: JSON with clear numbers, which leaves the memory only sealed."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.history_ports import PreviousPhones
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType

type _Numbers = dict[PhoneType, str | None]


class _Text(BaseModel):
    # Whatever cannot be read must not show up in the error.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    version: Literal[1] = 1
    user_id: str
    before: _Numbers
    after: _Numbers
    unreadable: tuple[PhoneType, ...]
    kept_at: datetime


def text_of(phones: PreviousPhones) -> bytes:
    """Gives the numbers in clear, to be encrypted at once."""
    text = _Text(
        user_id=phones.user_id,
        before={name: _written(number) for name, number in phones.before.items()},
        after={name: _written(number) for name, number in phones.after.items()},
        unreadable=tuple(sorted(phones.unreadable)),
        kept_at=phones.kept_at,
    )
    return text.model_dump_json().encode()


def phones_of(text: bytes) -> PreviousPhones:
    """Reads what `text_of` wrote. Raises ValueError, without what it read, for anything else."""
    read = _Text.model_validate_json(text)
    return PreviousPhones(
        user_id=read.user_id,
        before={name: _read(number) for name, number in read.before.items()},
        after={name: _read(number) for name, number in read.after.items()},
        unreadable=frozenset(read.unreadable),
        kept_at=read.kept_at,
    )


def _written(number: PhoneNumber | None) -> str | None:
    return number.in_clear() if number else None


def _read(text: str | None) -> PhoneNumber | None:
    """Takes the digits apart as they were put together: a newer numbering plan must not make them another number."""
    if text is None:
        return None
    country_code, _, rest = text.removeprefix("+").partition(" ")
    national, _, extension = rest.partition("x")
    return PhoneNumber(int(country_code), national, extension)
