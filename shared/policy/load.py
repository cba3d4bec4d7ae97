"""Reads the policy file once, at the start; a bad one stops the start with every fault listed."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from shared.errors import PolicyError
from shared.policy.model import Policy
from shared.policy.strict_json import StrictReader
from shared.told_faults import told_faults

# 64 bits: nobody finds a second policy with the same stamp.
_HASH_LENGTH = 16
_LARGEST_FILE = 1_000_000


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """A policy with the version that stamps every decision: the declared one and a hash of the content."""

    rules: Policy
    version: str


def load_policy(path: Path) -> LoadedPolicy:
    """Reads and checks a policy file (JSON, UTF-8, at most 1 MB).

    Raises PolicyError, whose message lists every fault.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_FILE + 1).decode("utf-8-sig")
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8 text"
        message = f"The policy file {path} cannot be read: {reason}."
        raise PolicyError(message) from fault
    return parse_policy(text, str(path))


def parse_policy(text: str, name: str) -> LoadedPolicy:
    """Checks a policy's text; `name` is what the faults call it. Raises PolicyError, and nothing else."""
    if len(text.encode(errors="replace")) > _LARGEST_FILE:
        message = f"The policy file {name} has more than {_LARGEST_FILE} bytes."
        raise PolicyError(message)
    try:
        rules = _checked(text, name)
    except json.JSONDecodeError as fault:
        message = f"The policy file {name} is not JSON: {fault.msg} in line {fault.lineno}, column {fault.colno}."
        raise PolicyError(message) from fault
    except RecursionError as fault:
        message = f"The policy file {name} is nested too deeply."
        raise PolicyError(message) from fault
    return LoadedPolicy(rules, f"{rules.version}+{_content_hash(rules)}")


def _checked(text: str, name: str) -> Policy:
    reader = StrictReader()
    plain = reader.read(text)
    try:
        rules = Policy.model_validate(plain)
    except ValidationError as fault:
        raise PolicyError(_listed([*reader.faults, *told_faults(fault, "policy")], name)) from fault
    if reader.faults:
        raise PolicyError(_listed(reader.faults, name))
    return rules


def _content_hash(rules: Policy) -> str:
    return hashlib.sha256(rules.model_dump_json(by_alias=True, exclude={"tests"}).encode()).hexdigest()[:_HASH_LENGTH]


def _listed(faults: list[str], name: str) -> str:
    head = f"The policy file {name} has {len(faults)} fault{'s' * (len(faults) > 1)}:"
    return "\n".join([head, *(f"  {fault}" for fault in faults)])
