"""The columns of a feed, however a spreadsheet writes their names."""

import re
from collections import Counter
from collections.abc import Sequence

FIELDS = (
    "schemaVersion",
    "requestId",
    "operation",
    "userPrincipalName",
    "employeeId",
    "userId",
    "phoneType",
    "phoneNumber",
    "region",
    "ifCurrent",
    "undoes",
    "requestedBy",
    "reason",
    "requestedAt",
    "expiresAt",
    "dryRun",
    "effectiveAt",
)
# Columns that name the user, and the keys of `user` in a request.
USER_FIELDS = {"userPrincipalName": "userPrincipalName", "employeeId": "employeeId", "userId": "id"}
_BY_PLAIN_NAME = {field.lower(): field for field in (*FIELDS, "user")}


def field_name(written: str) -> str:
    """Gives the field that a column name means, or the name as it stands where it means none."""
    plain = re.sub(r"[\W_]", "", written).lower()
    return _BY_PLAIN_NAME.get(plain, written.strip())


def named_twice(names: Sequence[str]) -> str | None:
    """Gives a field that stands twice among names, if one does."""
    return next((name for name, times in Counter(names).items() if times > 1 and name in FIELDS), None)
