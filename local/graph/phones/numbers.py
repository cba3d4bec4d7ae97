"""Numbers in Graph's format: `+<country code> <national number>[x<extension>]`, one space, no other separator."""

import phonenumbers

from local.graph.errors import MethodRefusedError


def in_graph_format(number: phonenumbers.PhoneNumber) -> str:
    """Writes a parsed number as Graph stores it."""
    extension = f"x{number.extension}" if number.extension else ""
    return f"+{number.country_code} {phonenumbers.national_significant_number(number)}{extension}"


def parsed(text: str, region: str | None = None) -> phonenumbers.PhoneNumber | None:
    """Reads a number that could exist; None for anything else."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def stored_form(text: str) -> str:
    """Returns what Graph keeps of a number that it accepted: a trunk zero goes, a strange number stays as it is."""
    number = parsed(text)
    return in_graph_format(number) if number and phonenumbers.is_valid_number(number) else text


def taken_over(text: str, region: str | None) -> str:
    """Returns a number from a tenant file in Graph's format where it can be read, else as it was written."""
    number = parsed(text, region)
    return in_graph_format(number) if number else text.strip()


def bad_format() -> MethodRefusedError:
    """Makes the error for a number of another format. Its text never holds the number."""
    return MethodRefusedError(
        "The phone number is not in the required format: +{country code} {number}x{extension}, extension optional."
    )
