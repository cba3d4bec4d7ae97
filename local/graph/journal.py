"""What was changed in the tenant, in the order in which it was, one line of JSON each.

A line is written before the change can be seen or answered, so a twin that is killed at any moment knows after its next
start what it had taken on, also where the answer got lost, as Graph would. It outlives the process, not the machine.
"""

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from local.graph.exchange import JsonObject
from local.graph.phones.book import Phone, PhoneType, SmsSignInState
from local.graph.tenant.file_faults import FaultList
from local.graph.tenant.method_entries import method_as_entry, read_method
from local.graph.tenant.method_kinds import Method
from local.graph.tenant.model import Tenant, User
from local.serving import CannotStartError

_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND
_ONLY_FOR_THE_OWNER = 0o600  # it holds phone numbers


class Journal:
    """Carries changes out on the tenant, and writes them down first where a file is given."""

    def __init__(self, path: Path | None = None) -> None:
        self._file = None if path is None else os.open(path, _APPEND, _ONLY_FOR_THE_OWNER)

    def put_phone(self, user: User, phone: Phone, at: datetime) -> None:
        """Sets a phone of a user."""
        self._write(at, user, {"phoneType": phone.phone_type, "phoneNumber": phone.number, "state": phone.sms_sign_in})
        user.phones.write(user.phones.latest.put(phone), at)

    def drop_phone(self, user: User, phone_type: PhoneType, at: datetime) -> None:
        """Removes a phone of a user."""
        self._write(at, user, {"phoneType": phone_type, "phoneNumber": None})
        user.phones.write(user.phones.latest.drop(phone_type), at)

    def set_property(self, user: User, name: str, value: str, at: datetime) -> None:
        """Sets a property of a user."""
        self._write(at, user, {"property": name, "value": value})
        user.properties[name] = value

    def set_methods(self, user: User, methods: Sequence[Method], at: datetime) -> None:
        """Sets the methods of a user that are no phones."""
        self._write(at, user, {"methods": [method_as_entry(method) for method in methods]})
        user.other_methods.write(tuple(methods), at)

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self, at: datetime, user: User, change: JsonObject) -> None:
        if self._file is not None:
            # One call of the system: either the line is there or it is not, up to a torn end, which `replay` mends.
            os.write(self._file, json.dumps({"at": at.isoformat(), "user": user.id, **change}).encode() + b"\n")


def opened(path: Path, tenant: Tenant) -> Journal:
    """Brings a tenant to where the journal ends, and goes on from there.

    Raises CannotStartError where the journal is not one of this tenant.
    """
    try:
        _mend(path)
        for line in path.read_bytes().splitlines() if path.exists() else ():
            _replay(json.loads(line), tenant)
        return Journal(path)
    except OSError as fault:
        message = f"The state file {path} cannot be used: {fault.strerror or fault}."
        raise CannotStartError(message) from fault
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        message = f"The state file {path} does not fit the tenant file: delete it to start anew."
        raise CannotStartError(message) from fault


def _mend(path: Path) -> None:
    """Cuts off a line that was not written to its end: its change never took place."""
    if path.exists() and not (content := path.read_bytes()).endswith(b"\n"):
        os.truncate(path, content.rfind(b"\n") + 1)


def _replay(line: JsonObject, tenant: Tenant) -> None:
    user, at = _known(tenant, line["user"]), datetime.fromisoformat(line["at"])
    if "property" in line:
        user.properties[line["property"]] = line["value"]
        return
    if "methods" in line:
        user.other_methods.write(_methods(user, line["methods"]), at)
        return
    phone_type, book = PhoneType(line["phoneType"]), user.phones.latest
    if line["phoneNumber"] is None:
        user.phones.write(book.drop(phone_type), at)
    else:
        user.phones.write(book.put(Phone(phone_type, line["phoneNumber"], SmsSignInState(line["state"]))), at)


def _methods(user: User, entries: Sequence[JsonObject]) -> tuple[Method, ...]:
    faults = FaultList("The state file")
    methods = [read_method(user.id, entry, index, faults) for index, entry in enumerate(entries)]
    faults.raise_if_any()
    return tuple(method for method in methods if method)


def _known(tenant: Tenant, user_id: str) -> User:
    user = tenant.any_user(user_id)
    if user is None:
        raise KeyError(user_id)
    return user
