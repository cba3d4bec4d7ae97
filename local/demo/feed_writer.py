"""Writes rows of an HR feed about people who have no part in it yet."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from phonenumbers import PhoneNumber

from local.demo.company import Company, User
from local.demo.moves import Move
from local.demo.numbers import STYLES, mobile_number

_NAMED_BY_UPN = 0.4

type Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A message that no feed row can express."""

    message_id: str
    body: bytes


@dataclass
class HrFeed:
    """Rows in the order in which they are sent, messages that are no rows, and what happens to Graph meanwhile."""

    rows: list[Row] = field(default_factory=list)
    raw: list[RawMessage] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    # Request ids that are sent only once others have come to their end.
    after: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # What people do about requests that are held; nobody cares about one that has no moves.
    moves: dict[str, tuple[Move, ...]] = field(default_factory=dict)
    # Requests that are decided once more, for the days around the end of telephony.
    forecast: list[str] = field(default_factory=list)


class FeedWriter:
    """Draws people who have no part yet, and writes rows about them."""

    def __init__(self, company: Company, draw: random.Random, now: datetime) -> None:
        self.company = company
        self.draw = draw
        self._now = now
        self.feed = HrFeed()
        self._styles = cycle(STYLES)
        self._people = iter(draw.sample(company.ordinary, len(company.ordinary)))

    def row(self, user: User, **fields: str) -> Row:
        """Adds a row; by default SuccessFactors sets the user's mobile phone."""
        row = {
            "requestId": f"HR-2026-{len(self.feed.rows) + 1:04d}",
            "operation": "set",
            "employeeId": user.get("employeeId", ""),
            "requestedBy": "successfactors",
            "reason": f"REQ{self.draw.randrange(10**6):06d}",
            "requestedAt": self.at(timedelta(minutes=-self.draw.randrange(1, 600))),
            **fields,
        }
        if "userPrincipalName" in fields:
            row.pop("employeeId")
        elif not row["employeeId"]:
            row["userPrincipalName"] = user["userPrincipalName"]
        self.feed.rows.append(row)
        return row

    def at(self, offset: timedelta) -> str:
        """Gives a time as feeds write it."""
        return (self._now + offset).isoformat(timespec="seconds")

    def change(self, user: User, **fields: str) -> Row:
        """Adds a change of a user's mobile phone to a new number."""
        return self.row(user, phoneNumber=self.written(self.new_mobile(user)), **fields)

    def held(self, row: Row, *moves: Move) -> None:
        """Says what people do when a row is held; none: it is left alone."""
        self.feed.moves[row["requestId"]] = moves

    def wait_for(self, row: Row, *others: Row) -> None:
        """Lets a row be sent only once others have come to their end."""
        self.feed.after[row["requestId"]] = tuple(dict.fromkeys(other["requestId"] for other in others))

    def someone(self) -> User:
        """Gives somebody who has no part yet: enabled, with one phone."""
        return next(self._people)

    def new_mobile(self, user: User) -> PhoneNumber:
        """Draws a mobile number of the user's country."""
        return mobile_number(user["usageLocation"], self.draw)

    def written(self, number: PhoneNumber) -> str:
        """Writes a number in the next of the ways in which people write them."""
        return next(self._styles)(number)

    def ordinary_change(self) -> Row:
        """Adds a change by Workday of somebody's mobile phone, the user named in one way or the other."""
        user = self.someone()
        by_name = {"userPrincipalName": user["userPrincipalName"]} if self.draw.random() < _NAMED_BY_UPN else {}
        return self.change(user, requestedBy="workday", **by_name)
