"""Odd inputs: what hypothesis draws for the daily run, and what a seed makes of valid ones by the million."""

import json
import os
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

SMALL = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
# Together they are the million of `make test-long`.
DECODED, ADMITTED, POLICIES, FEEDS, EVENTS = 550_000, 250_000, 30_000, 20_000, 150_000

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
json_texts = json_values.map(lambda value: json.dumps(value).encode())
any_bytes = st.binary(max_size=400)

_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**30, 2**63, "", " ", "\x00", "\ud800", "\ufeff", "\u202e", "x" * 300, "null",
    "P7D", "P1Y", "PT1S", "-P1D", "1.0", "2.0", "1.99999", "9.9", "set", "remove", "mobile", "office", "*", "user",
    "2026-11-23T09:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-23",
    "+49 151 23456789", "0151/2345678", "+" * 64, "١٢٣٤٥٦٧٨٩٠", "１２３４５６７８９", "anna@contoso.example",
    "a" * 63, "a b", "A", [], {}, [1], {"a": 1}, [[[]]], {"id": None}, ["set", "set"],
)  # fmt: skip


def seed() -> int:
    """Gives another seed each time, or that of SEED, and prints it, so that a run can be had again."""
    chosen = int(os.environ.get("SEED", random.SystemRandom().randrange(1_000_000)))
    print(f"SEED={chosen}")  # noqa: T201 - to be run again
    return chosen


def mutated(valid: Any) -> st.SearchStrategy[Any]:
    """Draws a valid value in which one field, at any depth, was replaced, dropped or renamed."""
    return st.builds(
        lambda place, value, kind: _with_one_changed(valid, random.Random(place), value, kind),  # noqa: S311 - a seed
        st.integers(0, 10_000),
        json_values | st.sampled_from(_ODD),
        st.sampled_from(["replaced", "dropped", "renamed"]),
    )


def by_the_thousand(valids: tuple[Any, ...], count: int, rng: random.Random) -> Iterator[bytes]:
    """Makes texts of valid values: fields changed, bytes changed, both, or nothing."""
    kinds: tuple[Callable[[Any], bytes], ...] = (
        lambda valid: _fields_changed(valid, rng),
        lambda valid: _fields_changed(valid, rng),
        lambda valid: _bytes_changed(_encoded(valid), rng),
        lambda valid: _bytes_changed(_fields_changed(valid, rng), rng),
        lambda _: rng.randbytes(rng.randrange(80)),
    )
    for _ in range(count):
        yield rng.choice(kinds)(rng.choice(valids))


def _encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def _fields_changed(valid: Any, rng: random.Random) -> bytes:
    value = valid
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        value = _with_one_changed(value, rng, _odd(rng), rng.choice(("replaced", "replaced", "dropped", "renamed")))
    return _encoded(value)


def _odd(rng: random.Random) -> Any:
    if rng.random() < 0.7:
        return rng.choice(_ODD)
    return "".join(chr(rng.choice((rng.randrange(32, 127), rng.randrange(0xD7FF)))) for _ in range(rng.randrange(40)))


def _bytes_changed(text: bytes, rng: random.Random) -> bytes:
    changed = bytearray(text)
    for _ in range(rng.choice((1, 1, 2, 8))):
        place = rng.randrange(len(changed) + 1)
        match rng.randrange(4):
            case 0:
                changed[place : place + 1] = bytes([rng.randrange(256)])
            case 1:
                del changed[place : place + rng.randrange(1, 9)]
            case 2:
                changed[place:place] = rng.choice((b'"', b"{", b"}", b"\\", b",", b"\xff", b"\x00", b"1e999", b"NaN"))
            case _:
                changed[place:place] = changed[place : place + rng.randrange(30)]
    return bytes(changed)


def _with_one_changed(valid: Any, rng: random.Random, value: Any, kind: str) -> Any:
    changed = deepcopy(valid)
    holder, key = rng.choice(list(_places(changed)) or [(None, None)])
    if holder is None:
        return value
    if kind == "replaced" or isinstance(holder, list):
        holder[key] = value
    else:
        old = holder.pop(key)
        if kind == "renamed":
            holder[str(key).upper()] = old
    return changed


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from _places(inner)
