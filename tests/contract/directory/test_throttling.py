"""Retry-After is obeyed for the whole instance, by the workload that asked for it."""

import pytest

from shared.errors import DirectoryRefusedError, DirectoryThrottledError, DirectoryUnavailableError
from shared.notify.mail import Mail
from tests.contract.directory.conftest import ANNA, Reach
from tests.contract.directory.far_end import OddReach, answer

PHONES = "/users/{id}/authentication/phoneMethods"
SEND_MAIL = "/users/{id}/sendMail"
MAIL = Mail("anna@contoso.example", "Subject", "<p></p>", "R-1:changed")
ERROR = '{"error": {"code": "someCode", "message": "?"}}'


async def test_mail_that_is_throttled_does_not_silence_phone_work(reach: Reach) -> None:
    reach.fail(match={"path": SEND_MAIL}, status=429, retryAfter="600")
    with pytest.raises(DirectoryThrottledError):
        await reach.mailbox.send(MAIL)
    assert await reach.directory.read_phones(ANNA)
    with pytest.raises(DirectoryThrottledError):
        await reach.mailbox.send(MAIL)


async def test_phone_work_that_is_throttled_does_not_silence_mail(reach: Reach) -> None:
    reach.fail(match={"path": PHONES}, status=429, retryAfter="600")
    with pytest.raises(DirectoryThrottledError):
        await reach.directory.read_phones(ANNA)
    await reach.mailbox.send(MAIL)


@pytest.mark.parametrize("status", [403, 404, 408, 409, 423, 429, 500, 503, 504])
async def test_retry_after_is_obeyed_whatever_the_status(odd: OddReach, status: int) -> None:
    odd.far.says("GET", "/users/other", answer(status, ERROR, headers={"Retry-After": "30"}))
    await gone_wrong(odd)
    await silent_for(odd, 30)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30),
        ("1.5", 1.5),
        ("Mon, 23 Nov 2026 09:01:00 GMT", 60),
        ("86400", 900),
        ("9" * 400, 900),
        ("-30", 5),
        ("soon", 5),
        ("", 5),
        (None, 5),
    ],
)
async def test_every_way_to_say_how_long_is_understood(odd: OddReach, value: str | None, seconds: float) -> None:
    headers = {} if value is None else {"Retry-After": value}
    odd.far.says("GET", "/users/other", answer(429, ERROR, headers=headers))
    await gone_wrong(odd)
    await silent_for(odd, seconds)


@pytest.mark.parametrize("value", ["0", "Mon, 23 Nov 2020 09:00:00 GMT"])
async def test_a_wait_that_is_over_silences_nobody(odd: OddReach, value: str) -> None:
    odd.far.says("GET", "/users/other", answer(429, ERROR, headers={"Retry-After": value}))
    await gone_wrong(odd)
    assert await odd.users.user(ANNA) is not None


async def test_a_shorter_wait_does_not_end_a_longer_one(odd: OddReach) -> None:
    odd.far.says("GET", "/users/other", answer(429, ERROR, headers={"Retry-After": "60"}))
    await gone_wrong(odd)
    odd.calls._pause(1)  # noqa: SLF001 - an answer that was under way and comes later
    await silent_for(odd, 60)


async def gone_wrong(odd: OddReach) -> None:
    try:
        await odd.users.user("other")
    except (DirectoryUnavailableError, DirectoryRefusedError):
        return


async def silent_for(odd: OddReach, seconds: float) -> None:
    before = len(odd.far.asked)
    odd.clock.move(seconds=seconds - 0.001)
    with pytest.raises(DirectoryThrottledError):
        await odd.users.user(ANNA)
    assert len(odd.far.asked) == before
    odd.clock.move(seconds=0.001)
    assert await odd.users.user(ANNA) is not None
