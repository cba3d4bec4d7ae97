"""Asks for known vulnerabilities in the pinned dependencies; what could not be asked is never called clean."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any


class Status(IntEnum):
    """How the command ends."""

    CLEAN = 0
    FOUND = 1
    NOT_CHECKED = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What the vulnerability service says, as lines for a person."""

    status: Status
    lines: tuple[str, ...]


def audit(requirements: Path) -> Answer:
    """Asks about everything that is pinned."""
    command = [
        *(sys.executable, "-m", "pip_audit", "--requirement", str(requirements), "--no-deps", "--disable-pip"),
        *("--format", "json", "--progress-spinner", "off"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter
    try:
        told = json.loads(done.stdout)
    except ValueError:
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return Answer(Status.NOT_CHECKED, (f"Not checked: {last}",))
    return judged(told.get("dependencies", ()))


def judged(dependencies: Sequence[Mapping[str, Any]]) -> Answer:
    """Judges pip-audit's answer. A dependency that it skipped is not checked, whatever its own exit status says."""
    found = [
        f"{each['name']} {each['version']}: {one['id']}, mended in {_versions(one)}"
        for each in dependencies
        for one in each.get("vulns", ())
    ]
    skipped = [f"{each['name']} ({each['skip_reason']})" for each in dependencies if "skip_reason" in each]
    if found:
        return Answer(Status.FOUND, (*found, *_not_checked(skipped)))
    if skipped or not dependencies:
        return Answer(Status.NOT_CHECKED, _not_checked(skipped) or ("Not checked: there was nothing to ask about.",))
    return Answer(Status.CLEAN, (f"No known vulnerability in {len(dependencies)} dependencies.",))


def _versions(vulnerability: Mapping[str, Any]) -> str:
    return ", ".join(vulnerability.get("fix_versions") or ["no version"])


def _not_checked(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    return (f"Not checked, the service knew nothing or was not reached: {len(names)}, such as {names[0]}.",)
