"""The departments of a generated company: how large they are, and how their people sign in."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Department:
    """One department: its share of the people, and by how much more than others they rely on a phone."""

    name: str
    weight: int
    phone_habit: float


DEPARTMENTS: Final = (
    Department("Manufacturing", 24, 1.8),
    Department("Retail Stores", 17, 1.6),
    Department("Service Centre", 11, 1.2),
    Department("Logistics", 11, 2.1),
    Department("Sales", 9, 0.7),
    Department("Engineering", 9, 0.2),
    Department("Finance", 5, 0.4),
    Department("Research", 4, 0.2),
    Department("Information Technology", 4, 0.05),
    Department("Marketing", 3, 0.5),
    Department("People and Culture", 2, 0.4),
    Department("Legal", 1, 0.3),
)
