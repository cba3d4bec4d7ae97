"""Numbers of 32 bits that begin anew at their end; part 2, section 2.8.10, after RFC 1982."""

_CYCLE = 1 << 32


def advanced(number: int, by: int = 1) -> int:
    """Gives the number that comes so many steps later."""
    return (number + by) % _CYCLE


def ahead(number: int, other: int) -> int:
    """Says by how many steps one number is ahead of another; negative where it is behind."""
    steps = (number - other) % _CYCLE
    return steps - _CYCLE if steps >= _CYCLE // 2 else steps
