"""Reads the policy file once, at the start; a bad one stops the start with every fault listed."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from shared.errors import PolicyError
from shared.policy.model import Policy

_HASH_LENGTH = 8


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """A policy with the version that stamps every decision: the declared one and a hash of the content."""

    rules: Policy
    version: str


def load_policy(path: Path) -> LoadedPolicy:
    """Reads and checks a policy file (JSON, UTF-8).

    Raises PolicyError, whose message lists every fault.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8 text"
        message = f"The policy file {path} cannot be read: {reason}."
        raise PolicyError(message) from fault
    return parse_policy(text, str(path))


def parse_policy(text: str, name: str) -> LoadedPolicy:
    """Checks a policy's text; `name` is what the faults call it. Raises PolicyError."""
    try:
        rules = Policy.model_validate(json.loads(text))
    except json.JSONDecodeError as fault:
        message = f"The policy file {name} is not JSON: {fault.msg} in line {fault.lineno}, column {fault.colno}."
        raise PolicyError(message) from fault
    except ValidationError as fault:
        raise PolicyError(_listed(fault, name)) from fault
    return LoadedPolicy(rules, f"{rules.version}+{_content_hash(rules)}")


def _content_hash(rules: Policy) -> str:
    return hashlib.sha256(rules.model_dump_json(by_alias=True).encode()).hexdigest()[:_HASH_LENGTH]


def _listed(fault: ValidationError, name: str) -> str:
    errors = fault.errors(include_url=False, include_context=False)
    lines = [
        f"  {'.'.join(str(part) for part in error['loc']) or 'policy'}: {error['msg'].removeprefix('Value error, ')}"
        for error in errors
    ]
    return "\n".join([f"The policy file {name} has {len(lines)} fault{'s' * (len(lines) > 1)}:", *lines])
