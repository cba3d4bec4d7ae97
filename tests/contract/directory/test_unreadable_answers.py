"""What is no answer of Graph says nothing about the effect of a request, and never escapes as the SDK's exception."""

import pytest

from shared.errors import DirectoryRefusedError, DirectoryUnavailableError
from shared.graph.faults import AnswerLostError
from shared.messages.change_request import UserKey
from shared.notify.mail import Mail
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import METHOD_IDS, PhoneType
from shared.plan import Create, Remove, Replace, Write
from shared.ports import WriteCertainty
from tests.contract.directory.conftest import ANNA, ASSIGNMENTS, ELIGIBLE, ELIGIBLE_GROUPS, GROUPS, SENDER
from tests.contract.directory.far_end import OddReach, answer

NEW = PhoneNumber(49, "15123456789")
PHONES = f"/users/{ANNA}/authentication/phoneMethods"
MOBILE = f"{PHONES}/{METHOD_IDS[PhoneType.MOBILE]}"
HTML = "<html><body>Our services aren't available right now</body></html>"
WRITES: dict[str, tuple[str, Write]] = {
    "POST": (PHONES, Create(PhoneType.MOBILE, NEW)),
    "PATCH": (MOBILE, Replace(PhoneType.MOBILE, NEW, None)),
    "DELETE": (MOBILE, Remove((PhoneType.MOBILE,), None)),
}
ODD = {
    "no JSON": answer(200, "{"),
    "HTML": answer(200, HTML, content_type="text/html"),
    "HTML under JSON's name": answer(200, HTML),
    "JSON under another name": answer(200, "{}", content_type="text/plain"),
    "no content type": answer(200, "{}", content_type=None),
    "a list": answer(200, "[]"),
    "a null": answer(200, "null"),
    "a byte order mark": answer(200, "\ufeff{}"),
    "too deep": answer(200, "[" * 100_000),
    "cut off": answer(200, '{"value": [', cut=20),
    "no body of a promised length": answer(200, "", cut=20),
    "value is no list": answer(200, '{"value": "none"}'),
    "value is null": answer(200, '{"value": null}'),
    "value holds no objects": answer(200, '{"value": [null]}'),
    "bad date": answer(200, '{"id": "x", "createdDateTime": "yesterday, at noon"}'),
    "moved with a place": answer(302, "", headers={"Location": "https://login.example/"}),
    "moved with a body": answer(302, "{}", headers={"Location": "https://login.example/"}),
    "moved to nowhere": answer(302),
    "not modified": answer(304),
    "no HTTP": b"220 smtp.example ESMTP\r\n\r\n",
    "HTML 400 of a gateway": answer(400, HTML, content_type="text/html"),
    "HTML 403 of a gateway": answer(403, HTML, content_type="text/html"),
    "empty 404": answer(404),
    "error without a code": answer(400, '{"error": {}}'),
    "error that is none": answer(400, '{"error": "invalid_request"}'),
    **{f"HTTP {status}": answer(status) for status in (408, 500, 501, 502, 503, 504, 505, 507, 509, 520, 599)},
    "HTTP 500 with a code": answer(500, '{"error": {"code": "badRequest", "message": "!"}}'),
}


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("odd_answer", ODD.values(), ids=list(ODD))
async def test_a_write_with_an_odd_answer_is_uncertain(odd: OddReach, method: str, odd_answer: bytes) -> None:
    path, write = WRITES[method]
    odd.far.says(method, path, odd_answer)
    answered = await odd.directory.write(ANNA, write)
    if (method, odd_answer) == ("DELETE", ODD["bad date"]):  # a body of which nothing is read
        assert answered.certainty is WriteCertainty.WRITTEN
    else:
        assert (answered.certainty, answered.status) == (WriteCertainty.UNCERTAIN, 0)
    assert [asked for asked, _ in odd.far.asked] == [method]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_a_created_phone_without_a_body_is_uncertain(odd: OddReach, status: int) -> None:
    odd.far.says("POST", PHONES, answer(status))
    assert (await odd.directory.write(ANNA, WRITES["POST"][1])).certainty is WriteCertainty.UNCERTAIN


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_change_or_removal_needs_no_body(odd: OddReach, method: str) -> None:
    path, write = WRITES[method]
    odd.far.says(method, path, answer(204))
    assert (await odd.directory.write(ANNA, write)).certainty is WriteCertainty.WRITTEN


@pytest.mark.parametrize("odd_answer", [*ODD.values(), answer(200), answer(204)], ids=[*ODD, "HTTP 200", "HTTP 204"])
async def test_a_read_with_an_odd_answer_is_transient(odd: OddReach, odd_answer: bytes) -> None:
    for path in (
        GROUPS,  # before any state that could be read keeps what it was told of groups
        f"/users/{ANNA}",
        PHONES,
        f"/users/{ANNA}/authentication/methods",
        f"/users/{ANNA}/transitiveMemberOf",
        ASSIGNMENTS,
        ELIGIBLE,
        ELIGIBLE_GROUPS,
    ):
        planned = odd.far.answers["GET", path]
        odd.far.says("GET", path, odd_answer)
        with pytest.raises(DirectoryUnavailableError):
            await odd.directory.read_state(UserKey(id=ANNA))
        odd.far.says("GET", path, *planned)
    await odd.directory.read_state(UserKey(id=ANNA))


async def test_an_unknown_user_is_one_whom_graph_itself_does_not_know(odd: OddReach) -> None:
    odd.far.says("GET", f"/users/{ANNA}", answer(404, HTML, content_type="text/html"))
    with pytest.raises(AnswerLostError):
        await odd.users.user(ANNA)


async def test_a_mail_with_an_odd_answer_is_not_taken_for_sent(odd: OddReach) -> None:
    for odd_answer in (ODD["HTML"], ODD["moved with a place"], ODD["HTTP 505"], ODD["HTML 403 of a gateway"]):
        odd.far.says("POST", f"/users/{SENDER.replace('@', '%40')}/sendMail", odd_answer)
        with pytest.raises(AnswerLostError):
            await odd.mailbox.send(Mail("anna@contoso.example", "Subject", "<p></p>", "R-1:changed"))


@pytest.mark.parametrize("code", ["x+4915123456789", "call 4915123456789", "7", "a" * 100])
async def test_a_code_that_is_no_word_is_not_repeated(odd: OddReach, code: str) -> None:
    odd.far.says("GET", f"/users/{ANNA}", answer(403, f'{{"error": {{"code": "{code}", "message": "!"}}}}'))
    with pytest.raises(DirectoryRefusedError) as refused:
        await odd.users.user(ANNA)
    assert (refused.value.status, refused.value.code) == (403, "unreadableCode")
    assert code not in str(refused.value)
