"""Whatever stands in a policy file is a policy or a PolicyError, and nothing else."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import PolicyError
from shared.policy.load import LoadedPolicy, load_policy, parse_policy
from tests.fakes.world import POLICY
from tests.fuzz.odd_inputs import POLICIES, SMALL, any_bytes, by_the_thousand, json_texts, mutated, seed

SHIPPED = json.loads((Path(__file__).parent.parent.parent / "policy.json").read_text(encoding="utf-8"))
VALID = (POLICY, SHIPPED)


def check(text: str) -> None:
    """Reads a text; what is taken is read as the same policy again."""
    try:
        loaded = parse_policy(text, "p")
    except PolicyError:
        return
    assert isinstance(loaded, LoadedPolicy)
    written = loaded.rules.model_dump_json(by_alias=True)
    assert parse_policy(written, "p") == loaded


@SMALL
@given(st.text(max_size=200) | any_bytes.map(lambda body: body.decode("utf-8", "replace")))
def test_any_text_is_a_policy_or_a_fault(text: str) -> None:
    check(text)


@SMALL
@given(json_texts)
def test_any_json_is_a_policy_or_a_fault(text: bytes) -> None:
    check(text.decode())


@SMALL
@given(st.sampled_from(VALID).flatmap(mutated))
def test_a_policy_with_one_field_changed_is_a_policy_or_a_fault(rules: Any) -> None:
    check(json.dumps(rules))


@SMALL
@given(any_bytes)
def test_any_file_is_a_policy_or_a_fault(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "policy.json"
    file.write_bytes(body)
    with pytest.raises(PolicyError):
        load_policy(file)


@pytest.mark.parametrize("rules", VALID)
def test_a_valid_policy_is_one(rules: dict[str, Any]) -> None:
    """Without this the tests around it could pass on faults alone."""
    assert parse_policy(json.dumps(rules), "p").rules.version == rules["version"]


@pytest.mark.long
def test_odd_policies_by_the_thousand_are_policies_or_faults() -> None:
    rng = random.Random(seed())  # noqa: S311 - a seed, no secret
    for body in by_the_thousand(VALID, POLICIES, rng):
        check(body.decode("utf-8", "surrogateescape"))
