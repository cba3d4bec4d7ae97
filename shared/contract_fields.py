"""What the contracts that are read, and their fields, have in common."""

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


def field_title(name: str, _: object) -> str:
    """Gives a field's title in the JSON Schemas: its name as it stands in JSON."""
    return to_camel(name)


def in_utc(moment: datetime) -> datetime:
    """Gives a moment in UTC. Raises ValueError where UTC has none of the kind."""
    try:
        return moment.astimezone(UTC)
    except OverflowError as fault:
        message = "lies outside the years 1 to 9999 in UTC"
        raise ValueError(message) from fault


class Contract(BaseModel):
    """Readers tolerate unknown fields, so that a producer may be newer than this reader."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        field_title_generator=field_title,
        hide_input_in_errors=True,
    )
