"""Faults that are injected on purpose: which requests they hit, how often, and what happens instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from local.graph.contract.operations import leads_on, templates
from local.graph.exchange import JsonObject
from local.graph.tenant.file_faults import FaultList

WORDS = {"match", "times", "status", "code", "message", "retryAfter", "effect", "delaySeconds", "drop"}
MATCH_WORDS = {"method", "path", "user"}
EFFECTS = ("none", "applied")


@dataclass(frozen=True)
class Match:
    """Which requests a fault hits. None hits all."""

    method: str | None = None
    path: str | None = None
    user: str | None = None


@dataclass(frozen=True)
class Fault:
    """One fault. Without a status it only delays; with `drop` the connection closes without an answer.

    With `applied` the request has its effect all the same, which is how a lost answer looks.
    `times` is None where it never wears out.
    """

    match: Match
    times: int | None = 1
    status: int | None = None
    code: str | None = None
    message: str | None = None
    retry_after: str | None = None
    applied: bool = False
    delay_seconds: float = 0
    drop: bool = False

    @property
    def only_delays(self) -> bool:
        """Whether the request goes on as usual after the delay."""
        return self.status is None and not self.drop


@dataclass(frozen=True)
class Hit:
    """What a request is, as far as a fault may match it. `user_names` are the user's id, name and employee id."""

    method: str
    template: str
    segments: tuple[str, ...]
    user_names: frozenset[str] = frozenset()


class FaultBox:
    """The faults that still wait for their request, oldest first."""

    def __init__(self, faults: list[Fault]) -> None:
        self._waiting = [[fault, fault.times] for fault in faults]

    def add(self, faults: list[Fault]) -> None:
        """Adds faults after those that wait."""
        self._waiting += [[fault, fault.times] for fault in faults]

    def clear(self) -> None:
        """Forgets all faults."""
        self._waiting.clear()

    def take(self, hit: Hit) -> Fault | None:
        """Returns the first fault that the request meets and uses it up by one."""
        for entry in self._waiting:
            fault, left = entry
            if isinstance(fault, Fault) and matches(fault.match, hit):
                if isinstance(left, int):
                    entry[1] = left - 1
                self._waiting = [each for each in self._waiting if each[1] != 0]
                return fault
        return None

    def as_json(self) -> list[JsonObject]:
        """Writes what is left, as the tenant file has it."""
        return [fault_as_json(fault, left) for fault, left in self._waiting]  # type: ignore[arg-type]


def matches(match: Match, hit: Hit) -> bool:
    """Tells whether the request is meant."""
    if match.method is not None and match.method != hit.method:
        return False
    if match.user is not None and match.user.lower() not in hit.user_names:
        return False
    return match.path is None or _path_matches(match.path, hit)


def _path_matches(path: str, hit: Hit) -> bool:
    """An operation's template means that operation; any other path, or one that ends in /*, means all below it."""
    wanted = _shape(path)
    if not path.endswith("/*") and wanted in {_shape(template) for template in templates()}:
        return wanted == _shape(hit.template)
    if len(wanted) > len(hit.segments):
        return False
    return all(part in {"{}", segment.lower()} for part, segment in zip(wanted, hit.segments, strict=False))


def _shape(path: str) -> tuple[str, ...]:
    parts = path.removeprefix("/v1.0").strip("/").removesuffix("/*").split("/")
    return tuple("{}" if part.startswith("{") else part.lower() for part in parts)


def read_faults(entries: object, problems: FaultList) -> list[Fault]:
    """Reads faults from JSON, one or a list; what is wrong with them goes to `problems`."""
    listed = [entries] if isinstance(entries, Mapping) else entries
    if not isinstance(listed, list):
        problems.add("must be a list")
        return []
    return [fault for index, entry in enumerate(listed, 1) if (fault := _read(index, entry, problems))]


def _read(index: int, entry: object, problems: FaultList) -> Fault | None:
    found = list(_problems(entry))
    for problem in found:
        problems.add(f"fault {index}: {problem}")
    return _fault(entry) if isinstance(entry, Mapping) and not found else None


def _problems(entry: object) -> list[str]:
    if not isinstance(entry, Mapping):
        return ["must be an object"]
    match = entry.get("match") or {}
    if not isinstance(match, Mapping):
        return ["match must be an object"]
    status, times, delay = entry.get("status"), entry.get("times", 1), entry.get("delaySeconds", 0)
    checks = {
        f"unknown: {', '.join(sorted(entry.keys() - WORDS))}": not entry.keys() - WORDS,
        f"match has unknown: {', '.join(sorted(match.keys() - MATCH_WORDS))}": not match.keys() - MATCH_WORDS,
        "status must be an HTTP status from 400 to 599": status is None or status in range(400, 600),
        "it needs a status, a delaySeconds or drop": bool(status or delay or entry.get("drop")),
        "times must be a whole number of at least 1, or null for ever": times is None or _at_least_one(times),
        "delaySeconds must be a number of at least 0": isinstance(delay, (int, float)) and delay >= 0,
        "retryAfter must be text that a header can carry": _fits_header(entry.get("retryAfter")),
        "match.path leads to no operation": match.get("path") is None or leads_on(_shape(str(match["path"]))),
        f"effect must be one of {', '.join(EFFECTS)}": entry.get("effect", "none") in EFFECTS,
    }
    return [problem for problem, fine in checks.items() if not fine]


def _fits_header(value: object) -> bool:
    return value is None or (str(value).isascii() and str(value).isprintable())


def _at_least_one(times: object) -> bool:
    return isinstance(times, int) and not isinstance(times, bool) and times >= 1


def _fault(entry: Mapping[str, Any]) -> Fault:
    match = entry.get("match") or {}
    method = match.get("method")
    retry_after = entry.get("retryAfter")
    return Fault(
        match=Match(method.upper() if method else None, match.get("path"), match.get("user")),
        times=entry.get("times", 1),
        status=entry.get("status"),
        code=entry.get("code"),
        message=entry.get("message"),
        retry_after=None if retry_after is None else str(retry_after),
        applied=entry.get("effect") == "applied",
        delay_seconds=float(entry.get("delaySeconds", 0)),
        drop=bool(entry.get("drop")),
    )


def usual_code(status: int) -> str:
    """Returns an error code for a fault that names none."""
    return HTTPStatus(status).phrase.title().replace(" ", "")


def fault_as_json(fault: Fault, left: int | None) -> JsonObject:
    """Writes a fault as the tenant file has it."""
    match = {"method": fault.match.method, "path": fault.match.path, "user": fault.match.user}
    written: JsonObject = {
        "match": {word: value for word, value in match.items() if value is not None},
        "times": left,
        "status": fault.status,
        "code": fault.code,
        "message": fault.message,
        "retryAfter": fault.retry_after,
        "delaySeconds": fault.delay_seconds or None,
        "effect": "applied" if fault.applied else None,
        "drop": fault.drop or None,
    }
    return {word: value for word, value in written.items() if value is not None or word == "times"}
