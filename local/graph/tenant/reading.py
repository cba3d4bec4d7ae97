"""Reads a tenant file, whoever wrote it; `docs/tenant-file.md` describes the format."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.graph.faults import Fault, read_faults
from local.graph.switches import Switches, read_switches
from local.graph.tenant.file_faults import FaultList, TenantFileError
from local.graph.tenant.group_entries import draft_groups, link_groups, link_members
from local.graph.tenant.link_entries import Links
from local.graph.tenant.model import Tenant
from local.graph.tenant.user_entries import draft_users, link_users, user_names

logger = logging.getLogger(__name__)


@dataclass
class TenantFile:
    """Everything that a tenant file says."""

    tenant: Tenant
    switches: Switches = field(default_factory=Switches)
    faults: list[Fault] = field(default_factory=list)


def read_tenant_file(path: Path) -> TenantFile:
    """Reads the file. Raises `TenantFileError` with every fault that it has."""
    try:
        # json.loads finds out by itself whether these are UTF-8 or the UTF-16 that PowerShell writes.
        contents = json.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as fault:
        message = f"The tenant file {path} cannot be read: {fault.strerror or fault}."
        raise TenantFileError(message) from fault
    except json.JSONDecodeError as fault:
        message = f"The tenant file {path} is not JSON: line {fault.lineno}, column {fault.colno}: {fault.msg}."
        raise TenantFileError(message) from fault
    except UnicodeError as fault:
        message = f"The tenant file {path} is not text in UTF-8 or UTF-16."
        raise TenantFileError(message) from fault
    except (ValueError, RecursionError) as fault:
        message = f"The tenant file {path} is nested too deeply, or holds a number of thousands of digits."
        raise TenantFileError(message) from fault
    return read_tenant(contents, f"The tenant file {path}")


def read_tenant(contents: object, source: str = "The tenant") -> TenantFile:
    """Reads a tenant from JSON. Raises `TenantFileError` with every fault that it has."""
    faults = FaultList(source)
    whole = _whole(contents, faults)
    tenant = _tenant(whole, faults)
    switches, injected = _graph(whole, faults)
    faults.raise_if_any()
    _tell_left_aside(tenant)
    return TenantFile(tenant, switches, injected)


def _whole(contents: object, faults: FaultList) -> Mapping[str, Any]:
    """Makes one form of the three: an object with users, a page of Graph, a bare list."""
    if isinstance(contents, list):
        return {"users": contents}
    if not isinstance(contents, Mapping):
        faults.add("it must be an object with users, or a list of users")
        return {"users": []}
    whole = {name.lower(): value for name, value in contents.items()}
    if "users" not in whole and "value" not in whole:
        faults.add("it has no users: expected 'users', or Graph's 'value', or a list")
    users = whole.get("users", whole.get("value", []))
    return {**whole, "users": users["value"] if isinstance(users, Mapping) and "value" in users else users}


def _tenant(whole: Mapping[str, Any], faults: FaultList) -> Tenant:
    group_drafts = draft_groups(whole.get("groups") or [], faults)
    drafts = draft_users(whole["users"], faults)
    links = Links(faults, user_names(drafts))
    link_groups(group_drafts, links)
    users = link_users(drafts, links)
    link_members(group_drafts, links, {user.id: user for user in users})
    return Tenant(users, links.groups, links.catalogue)


def _graph(whole: Mapping[str, Any], faults: FaultList) -> tuple[Switches, list[Fault]]:
    """Reads the switches, and the faults to inject, which may stand inside or beside them."""
    graph = whole.get("graph") or {}
    if not isinstance(graph, Mapping):
        faults.add("graph must be an object")
        graph = {}
    with faults.at("graph"):
        switches = read_switches({name: value for name, value in graph.items() if name != "faults"}, faults)
    with faults.at("faults"):
        return switches, read_faults(graph.get("faults") or whole.get("faults") or [], faults)


def _tell_left_aside(tenant: Tenant) -> None:
    names = sorted({name for user in tenant.users for name in user.left_aside})
    if names:
        logger.warning("Graph has no such user properties, so they are left aside: %s", ", ".join(names))
