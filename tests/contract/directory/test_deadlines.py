"""Every call ends in time, and what had not left when time was up did not happen (P9)."""

import asyncio
import time

import pytest

from shared.errors import DirectoryUnavailableError
from shared.graph.calls import GraphCalls
from shared.graph.faults import AnswerLostError
from shared.messages.change_request import UserKey
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import METHOD_IDS, PhoneType
from shared.plan import Replace
from shared.ports import WriteCertainty
from shared.settings import Settings
from tests.contract.directory.conftest import ANNA
from tests.contract.directory.far_end import FarEnd, OddReach, answer, reaching
from tests.fakes.clock import MovedClock

SILENCE = b""
EMPTY = '{"value": []}'
REPLACE = Replace(PhoneType.MOBILE, PhoneNumber(49, "15123456789"), None)
MOBILE = METHOD_IDS[PhoneType.MOBILE]
USER = f"/users/{ANNA}"
SOON = 0.3


class Stopwatch:
    """Says how long it has run."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started


async def test_a_write_without_an_answer_ends_in_time_and_is_uncertain(far: FarEnd, settings: Settings) -> None:
    far.says("PATCH", MOBILE, SILENCE)
    watch = Stopwatch()
    async with reaching(far, settings, graph_timeout_seconds=SOON) as odd:
        assert (await odd.directory.write(ANNA, REPLACE)).certainty is WriteCertainty.UNCERTAIN
    assert watch.seconds < 2


async def test_an_answer_that_drips_ends_in_time(settings: Settings) -> None:
    """Failure guarded against: httpx measures each phase and each read, so a drip never ends."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
        try:
            while not reader.at_eof():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(SOON / 10)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server, watch = await asyncio.start_server(drip, "127.0.0.1", 0), Stopwatch()
    far = FarEnd(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0")
    async with reaching(far, settings, graph_timeout_seconds=SOON) as odd:
        with pytest.raises(AnswerLostError, match="did not answer within"):
            await odd.users.user(ANNA)
    assert watch.seconds < 2
    server.close()
    await server.wait_closed()


async def test_a_write_that_gets_no_slot_in_time_was_not_sent(far: FarEnd, settings: Settings) -> None:
    far.says("GET", USER, SILENCE)
    async with reaching(far, settings, graph_timeout_seconds=SOON, graph_concurrency=1) as odd:
        reading = asyncio.create_task(odd.users.user(ANNA))
        await asyncio.sleep(SOON / 2)
        odd.calls.timeout = SOON / 4
        with pytest.raises(DirectoryUnavailableError, match="could not be sent") as fault:
            await odd.directory.write(ANNA, REPLACE)
        assert not isinstance(fault.value, AnswerLostError)
        with pytest.raises(AnswerLostError):
            await reading
    assert [method for method, _ in far.asked] == ["GET"]


async def test_a_write_that_gets_no_token_in_time_was_not_sent(
    far: FarEnd, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    far.says("GET", "/msi/token", SILENCE)
    monkeypatch.setenv("IDENTITY_ENDPOINT", far.url.replace("/v1.0", "/msi/token"))
    async with reaching(far, settings, graph_timeout_seconds=SOON) as odd:
        with pytest.raises(DirectoryUnavailableError, match="could not be sent"):
            await odd.directory.write(ANNA, REPLACE)


@pytest.mark.parametrize(
    "said", [answer(200, "<html>"), answer(200, '{"access_token": 7}'), answer(500), answer(200, "")]
)
async def test_a_write_whose_token_is_none_was_not_sent(
    far: FarEnd, settings: Settings, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    far.says("GET", "/msi/token", said)
    monkeypatch.setenv("IDENTITY_ENDPOINT", far.url.replace("/v1.0", "/msi/token"))
    async with reaching(far, settings, graph_timeout_seconds=2) as odd:
        with pytest.raises(DirectoryUnavailableError) as fault:
            await odd.directory.write(ANNA, REPLACE)
    assert not isinstance(fault.value, AnswerLostError)
    assert "PATCH" not in {method for method, _ in far.asked}


async def test_a_slot_is_free_again_after_a_call_that_took_too_long(far: FarEnd, settings: Settings) -> None:
    far.says("GET", USER, SILENCE, answer(200, f'{{"id": "{ANNA}", "userPrincipalName": "a@b.c"}}'))
    async with reaching(far, settings, graph_timeout_seconds=SOON, graph_concurrency=1) as odd:
        with pytest.raises(AnswerLostError):
            await odd.users.user(ANNA)
        assert await odd.users.user(ANNA) is not None


async def test_reading_a_state_with_all_its_pages_ends_within_twice_the_time_of_a_call(settings: Settings) -> None:
    """Failure guarded against: each page in time, and pages without end."""
    page = '{"value": [], "@odata.nextLink": "%s"}'

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
        await asyncio.sleep(SOON / 2)
        link = far.url + target.removeprefix("/v1.0")
        user = f'{{"id": "{ANNA}", "userPrincipalName": "a@b.c"}}'
        writer.write(
            answer(
                200, page % link if "transitive" in target else user if target.startswith(f"/v1.0{USER}?") else EMPTY
            )
        )
        writer.close()

    server, watch = await asyncio.start_server(slow, "127.0.0.1", 0), Stopwatch()
    far = FarEnd(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1.0")
    async with reaching(far, settings, graph_timeout_seconds=SOON, graph_concurrency=8) as odd:
        with pytest.raises(DirectoryUnavailableError, match=r"Within 0\.6 s the user's state"):
            await odd.directory.read_state(UserKey(id=ANNA))
        assert watch.seconds < 4 * SOON
    server.close()
    await server.wait_closed()


async def test_of_reads_that_go_out_together_none_outlives_the_first_fault(far: FarEnd, settings: Settings) -> None:
    far.says("GET", f"{USER}/authentication/phoneMethods", answer(403, '{"error": {"code": "accessDenied"}}'))
    far.says("GET", f"{USER}/authentication/methods", SILENCE)
    far.says("GET", f"{USER}/transitiveMemberOf", SILENCE)
    async with reaching(far, settings) as odd:
        watch = Stopwatch()
        with pytest.raises(Exception, match="403"):
            await odd.directory.read_state(UserKey(id=ANNA))
        assert watch.seconds < 2
        assert len(asyncio.all_tasks()) < 10


async def test_being_cancelled_is_no_fault(odd: OddReach) -> None:
    odd.far.says("PATCH", MOBILE, SILENCE)
    writing = asyncio.create_task(odd.directory.write(ANNA, REPLACE))
    await asyncio.sleep(SOON / 2)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing


async def test_a_fault_of_our_own_before_the_request_leaves_is_transient_and_tells_its_kind_alone() -> None:
    async def breaks() -> None:
        message = "+49 15123456789"
        raise ValueError(message)

    with pytest.raises(DirectoryUnavailableError, match=r"cannot be reached \(ValueError\)") as fault:
        await GraphCalls(MovedClock(), 1, 1)(breaks)
    assert not isinstance(fault.value, AnswerLostError)
