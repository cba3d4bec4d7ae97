"""Graph's error text may repeat the number that was sent: no traceback of ours shows it (P13)."""

import json
import re
import traceback
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from shared.errors import MfaPhoneError
from shared.graph.phone_methods import GraphPhoneMethods
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import METHOD_IDS, PhoneType
from shared.plan import Create
from shared.settings import Settings
from tests.contract.directory.conftest import ANNA
from tests.contract.directory.far_end import JSON, FarEnd, OddReach, answer, reaching

NEW = PhoneNumber(49, "15123456789")
MOBILE = METHOD_IDS[PhoneType.MOBILE]
PHONES = f"/users/{ANNA}/authentication/phoneMethods"
ECHO = f"The number {NEW.in_clear()} ({NEW.national}, +4915123456789) is not allowed."
ERROR = json.dumps({"error": {"code": "badRequest", "message": ECHO, "innerError": {"date": ECHO, "request-id": ECHO}}})
DEFAULT = json.dumps(
    {"error": {"code": "badRequest", "message": f"{ECHO} It is the current default authentication method."}}
)
SAID: dict[str, bytes] = {
    **{f"HTTP {status}": answer(status, ERROR) for status in (400, 401, 403, 404, 408, 409, 422, 429, 500, 503, 599)},
    "default method": answer(400, DEFAULT),
    "code": answer(400, json.dumps({"error": {"code": "+4915123456789", "message": ECHO}})),
    "HTML": answer(400, f"<html>{ECHO}</html>", content_type="text/html"),
    "HTML as JSON": answer(400, f"<html>{ECHO}</html>"),
    "200 HTML": answer(200, f"<html>{ECHO}</html>", content_type="text/html"),
    "200 text": answer(200, ECHO),
    "200 bad date": answer(201, json.dumps({"createdDateTime": ECHO})),
    "cut off": answer(200, json.dumps({"phoneNumber": ECHO}), cut=50),
    "moved": answer(302, ECHO, headers={"Location": "https://x.example/+4915123456789"}),
    "Retry-After": answer(503, ERROR, headers={"Retry-After": "4915123456789"}),
    "odd header": answer(400, ERROR, headers={"Content-Type": JSON, "Retry-After": "+49 15123456789"}),
    "no HTTP": f"{ECHO}\r\n\r\n".encode(),
    "silence": b"",
}


def everything(fault: BaseException) -> Iterator[str]:
    """Gives all that a log may print of an exception, and of those that hang on it."""
    yield "".join(traceback.format_exception(fault))
    seen: BaseException | None = fault
    while seen is not None:
        yield f"{seen!r} {seen} {seen.args} {vars(seen)}"
        seen = seen.__cause__ or seen.__context__


def shows_number(text: str) -> bool:
    return "5123456" in re.sub(r"\D", "", re.sub(r"0x[0-9a-f]+", "", text))


def test_the_check_finds_a_number_that_shows() -> None:
    forged = MfaPhoneError("Fine.")
    forged.__context__ = ValueError(ECHO)
    assert any(shows_number(text) for text in everything(forged))
    assert not any(shows_number(text) for text in everything(MfaPhoneError("Fine.")))


@pytest.mark.parametrize("said", SAID.values(), ids=list(SAID))
async def test_no_traceback_of_a_call_shows_a_number(far: FarEnd, settings: Settings, said: bytes) -> None:
    async with reaching(far, settings, graph_timeout_seconds=0.5) as odd:
        for method, path, call in ways(odd):
            far.says(method, path, said)
            odd.clock.move(hours=1)
            with pytest.raises(MfaPhoneError) as fault:
                await call()
            assert [text for text in everything(fault.value) if shows_number(text)] == []


def ways(odd: OddReach) -> list[tuple[str, str, Callable[[], Awaitable[Any]]]]:
    phones = GraphPhoneMethods(odd.users._client, odd.calls)  # noqa: SLF001 - what a write raises before it is an answer
    return [
        ("POST", PHONES, lambda: phones.create(ANNA, PhoneType.MOBILE, NEW)),
        ("PATCH", MOBILE, lambda: phones.replace(ANNA, PhoneType.MOBILE, NEW)),
        ("GET", PHONES, lambda: odd.directory.read_phones(ANNA)),
    ]


async def test_no_traceback_without_a_connection_shows_a_number(far: FarEnd, settings: Settings) -> None:
    nowhere = FarEnd("http://127.0.0.1:9/v1.0")
    async with reaching(nowhere, settings) as odd:
        with pytest.raises(MfaPhoneError) as fault:
            await odd.directory.write(ANNA, Create(PhoneType.MOBILE, NEW))
    assert [text for text in everything(fault.value) if shows_number(text)] == []
    assert far.asked == []


async def test_no_address_that_is_called_holds_a_number(odd: OddReach) -> None:
    """An exception of httpx, a trace and a proxy's log name the address."""
    for method, path, _ in ways(odd):
        odd.far.says(method, path, answer(500))
    for _, _, call in ways(odd):
        with pytest.raises(MfaPhoneError):
            await call()
    assert len(odd.far.asked) == 3
    assert [target for _, target in odd.far.asked if shows_number(target)] == []
