"""Graph's refusal to delete the default method is told from every other one, and nothing of its text stays."""

from typing import Any

import pytest

from local.graph.phones import rules
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import METHOD_IDS, PhoneType
from shared.plan import Remove
from shared.ports import DEFAULT_METHOD, WriteAnswer, WriteCertainty
from tests.contract.directory.conftest import ANNA, Reach
from tests.contract.directory.far_end import OddReach, answer

OLD = PhoneNumber(49, "15123456780")
REMOVE = Remove((PhoneType.MOBILE,), OLD)
REFUSED_AS_DEFAULT = WriteAnswer(WriteCertainty.REFUSED, 400, DEFAULT_METHOD)
# Graph's words, as microsoft-graph-docs-contrib#1888 quotes them.
TEXT = (
    "The requested authentication method id of [{method_id}] matches the user's current default authentication method, "
    "and cannot be deleted until the default authentication method is changed."
)


@pytest.fixture
def tenant(tenant: dict[str, Any]) -> dict[str, Any]:
    tenant["users"][0]["defaultMethod"] = "sms"
    return tenant


async def test_the_default_method_is_not_deleted_and_the_refusal_says_why(reach: Reach) -> None:
    assert await reach.directory.write(ANNA, REMOVE) == REFUSED_AS_DEFAULT
    (phone,) = await reach.directory.read_phones(ANNA)
    assert phone.number == OLD


async def test_the_local_graph_refuses_in_graphs_own_words(odd: OddReach, reach: Reach) -> None:
    """The twin's text and the one that was seen in the field are the same to the adapter, and to the letter."""
    assert rules.DEFAULT_METHOD == TEXT
    said = TEXT.format(method_id=METHOD_IDS[PhoneType.MOBILE])
    odd.far.says("DELETE", METHOD_IDS[PhoneType.MOBILE], answer(400, _error("badRequest", said)))
    assert await odd.directory.write(ANNA, REMOVE) == await reach.directory.write(ANNA, REMOVE)


async def test_a_number_in_the_text_goes_no_further(reach: Reach, caplog: pytest.LogCaptureFixture) -> None:
    reach.fail(match={"method": "DELETE"}, status=400, code="badRequest", message=f"{TEXT} {OLD.in_clear()}")
    with caplog.at_level("DEBUG"):
        told = await reach.directory.write(ANNA, REMOVE)
    assert told == REFUSED_AS_DEFAULT, "status and a word of our own are all that an answer has"
    assert OLD.national not in f"{told!r}{caplog.text}"


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (400, "badRequest", "The authentication method cannot be written like this."),
        (400, "badRequest", ""),
        (403, "accessDenied", TEXT),
        (404, "resourceNotFound", TEXT),
    ],
    ids=["another 400", "no text", "403 with the text", "404 with the text"],
)
async def test_no_other_refusal_is_taken_for_it(reach: Reach, status: int, code: str, message: str) -> None:
    reach.fail(match={"method": "DELETE"}, status=status, code=code, message=message)
    assert (await reach.directory.write(ANNA, REMOVE)).code != DEFAULT_METHOD


def _error(code: str, message: str) -> str:
    return f'{{"error": {{"code": "{code}", "message": "{message}"}}}}'
