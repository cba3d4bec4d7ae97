"""Events as the change service builds them, and the mails that come of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from shared.codes import Code
from shared.messages.change_request import Operation
from shared.messages.completion_event import RequestFacts, completion_event
from shared.messages.held_event import held_event
from shared.notify.addressees import Addressee
from shared.notify.notice import read_notice
from shared.notify.render import render
from shared.outcome import KnownUser, Outcome, Verdict
from shared.phone.phone_type import PhoneType
from shared.policy.answers import Answer
from shared.policy.finding import Finding
from shared.policy.proof import LockOutProof
from shared.request_hold import RequestHold
from tests.fakes.world import policy

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
USER = KnownUser("87d349ed-44d7-43e1-9a83-5f2406dee5bd", "anna@contoso.example")
NEW, OLD = "+49 *********89", "+49 *********80"
FACTS = RequestFacts("HR-2026-000123", Operation.SET, PhoneType.MOBILE, "workday", "INC0012345", AT)
REMOVAL = replace(FACTS, operation=Operation.REMOVE, phone_type=None)
UNDO = replace(FACTS, operation=Operation.UNDO, undoes="HR-2026-000100")
CHANGED = Verdict(Outcome.CHANGED, Code.REPLACED, user=USER, masked_number=NEW, previous_masked_number=OLD)
REMOVED = replace(CHANGED, code=Code.REMOVED, masked_number=None)
PROOF = LockOutProof(AT.date(), before=3, after=2, minimum=1, methods=())
SHARED = Finding(Code.NUMBER_SHARED, "One other user has it.", Answer.HOLD)
SOON = Finding(Code.COOL_DOWN, "It was today.", Answer.COOL_OFF)
HOLD = RequestHold((SHARED, SOON), AT, AT + timedelta(days=3), USER, NEW, OLD)
COOLING = replace(HOLD, findings=(SOON,), releases_at=AT + timedelta(hours=4))

RULES: dict[str, Any] = {"serviceDesk": {"name": "the IT desk", "contact": "desk.contoso.example"}}
ANNA = {language: Addressee("anna@contoso.example", "Anna", language, is_user=True) for language in ("en", "de")}
DESK = {language: Addressee("desk@contoso.example", "desk", language) for language in ("en", "de")}


def ended(verdict: Verdict, facts: RequestFacts = FACTS, hold: RequestHold | None = None) -> bytes:
    """Gives a completion event's body."""
    event = completion_event(facts, verdict, source="/test", policy_version="1+0", finished_at=AT, hold=hold)
    return event.body.encode()


def held(hold: RequestHold = HOLD, facts: RequestFacts = FACTS, proof: LockOutProof | None = PROOF) -> bytes:
    """Gives the body of the event of a hold."""
    return held_event(facts, replace(hold, proof=proof), source="/test", policy_version="1+0").body.encode()


def mail(body: bytes, to: Addressee, **rules: Any) -> str:
    """Gives a mail's subject and text as a reader sees them."""
    made = render(read_notice(body), to, policy(**{**RULES, **rules}).rules)
    return f"{made.subject}\n{unescape(made.html)}"
