"""What pydantic finds wrong with a value, in words for people and without the value."""

from pydantic import ValidationError

from shared.json_text import shown

# Stands before the words of a validator of our own.
_OURS = "Value error, "

type Place = tuple[int | str, ...]


def faults_of(fault: ValidationError) -> list[tuple[Place, str]]:
    """Gives each fault with its place; the place of a fault of the whole is empty."""
    errors = fault.errors(include_url=False, include_context=False, include_input=False)
    return [(error["loc"], error["msg"].removeprefix(_OURS)) for error in errors]


def told_faults(fault: ValidationError, whole: str) -> list[str]:
    """Gives each fault as `place: what is wrong`; `whole` is what the whole is called."""
    return [f"{'.'.join(shown(str(part)) for part in place) or whole}: {words}" for place, words in faults_of(fault)]
