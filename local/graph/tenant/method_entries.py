"""Reads the other authentication methods of a user from the file."""

from collections.abc import Mapping
from typing import Any

from local.graph.exchange import JsonObject
from local.graph.tenant.drafts import UserDraft, listed, named
from local.graph.tenant.file_faults import FaultList
from local.graph.tenant.method_kinds import KINDS, PASSWORD, Method, MethodKind, kind_named
from local.graph.tenant.model import derived_id
from local.graph.tenant.phone_entries import is_phone

# Most users of a tenant have these; a file that says nothing about methods means an ordinary user.
USUAL_METHODS = ["microsoftAuthenticator"]
# `method` first: the same @odata.type stands for several kinds, and only the twin's own export tells which.
TYPE_WORDS = ("method", "@odata.type", "type", "name")


def read_methods(draft: UserDraft, faults: FaultList) -> tuple[Method, ...]:
    """Reads the methods. Everyone has a password; without `methods` everyone has Microsoft Authenticator too."""
    entries = _entries(draft, faults)
    kinds = [(_kind(entry, faults), entry) for entry in entries if not is_phone(entry)]
    methods = [_method(draft.id, kind, entry, index) for index, (kind, entry) in enumerate(kinds) if kind]
    if not any(method.kind.name == PASSWORD for method in methods):
        methods.insert(0, _method(draft.id, KINDS[PASSWORD], PASSWORD, 0))
    return tuple(methods)


def _entries(draft: UserDraft, faults: FaultList) -> list[Any]:
    nested = draft.words.get("authentication")
    if draft.words.get("methods") is not None:
        return listed(draft.words, "methods", faults)
    if isinstance(nested, Mapping) and nested.get("methods") is not None:
        return listed(nested, "methods", faults)
    return USUAL_METHODS


def read_method(user_id: str, entry: object, index: int, faults: FaultList) -> Method | None:
    """Reads one method, the `index`-th that the user ever had of all."""
    kind = _kind(entry, faults)
    return _method(user_id, kind, entry, index) if kind else None


def method_as_entry(method: Method) -> JsonObject:
    """Writes a method as a file has it, with the kind where the type alone does not tell it."""
    kind = {} if method.kind.graph_type == method.kind.name else {"method": method.kind.name}
    type_name = {} if method.kind.graph_type is None else {"@odata.type": method.kind.odata_type}
    return {**type_name, **kind, "id": method.id, **method.properties}


def _kind(entry: object, faults: FaultList) -> MethodKind | None:
    name = named(entry, *TYPE_WORDS)
    kind = kind_named(name) if name else None
    if kind is None:
        faults.add(f"methods has an unknown method '{name or '(without a type)'}'; known are {', '.join(KINDS)}")
    return kind


def _method(user_id: str, kind: MethodKind, entry: object, index: int) -> Method:
    given = {str(key): value for key, value in entry.items()} if isinstance(entry, Mapping) else {}
    own = {name: given.get(name, usual) for name, usual in kind.properties.items()}
    method_id = kind.fixed_id or str(given.get("id") or derived_id(user_id, kind.name, str(index)))
    created = {"createdDateTime": given["createdDateTime"]} if given.get("createdDateTime") else {}
    return Method(kind, method_id, own | created)
