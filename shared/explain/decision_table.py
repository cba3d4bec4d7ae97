"""The tables of `docs/policy.md`, made from the code: the rules, and what telephony's end means by mode and day."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from shared.codes import MESSAGES, Code
from shared.directory_user import UserState
from shared.document_tables import Row, markdown
from shared.explain.example.user import example_user
from shared.explain.explanation import explain, facts_of
from shared.messages.change_request import ChangeRequest
from shared.notify.user_sentences import USER_SENTENCES
from shared.phone.phone_type import PhoneType
from shared.policy.answers import Answer
from shared.policy.catalogue import ENTRIES, Entry, Need
from shared.policy.methods import Telephony
from shared.policy.model import Policy
from shared.policy.telephony import delivers

_NEEDS = {Need.REQUEST: "request", Need.DIRECTORY: "request, directory", Need.HISTORY: "request, directory, history"}
_RULES = (
    "code",
    "what it asks",
    "what it needs",
    "usual answer",
    "possible answers",
    "exceptions",
    "where it cannot be known",
)
_SENTENCES = ("code", "to the service desk", "to the user")
_DAYS = ("telephony mode", "day", "setting a phone", "warnings", "phones count as a method")


def tables() -> dict[str, str]:
    """Gives every table by the name that its markers carry, as Markdown."""
    return {
        "rules": markdown(_RULES, (_rule_row(entry) for entry in ENTRIES)),
        "sentences": markdown(_SENTENCES, (_sentence_row(entry.code) for entry in ENTRIES)),
        "telephony": markdown(_DAYS, _telephony_rows()),
    }


def _rule_row(entry: Entry) -> Row:
    possible = " ".join(f"`{answer}`" for answer in entry.answers)
    excusable = "yes" if entry.excusable else "no"
    return (
        f"`{entry.code}`",
        entry.asks,
        _NEEDS[entry.need],
        f"`{entry.answer}`",
        possible,
        excusable,
        entry.unknown or "always known",
    )


def _sentence_row(code: Code) -> Row:
    return (f"`{code}`", MESSAGES[code], USER_SENTENCES[code]["en"])


def _telephony_rows() -> Iterator[Row]:
    rules = Telephony()
    retires = datetime.combine(rules.retires_on, time(), UTC)
    days = {
        "before the time that `warnFrom` names": retires - rules.warn_from - timedelta(days=1),
        "within that time, to the last moment of the day before `retiresOn`": retires - timedelta(microseconds=1),
        "from the first moment of `retiresOn`": retires,
    }
    for day, now in days.items():
        yield _telephony_row(Telephony(mode="microsoft"), day, now)
    yield _telephony_row(Telephony(mode="customer_provider"), "any", retires)
    yield _telephony_row(Telephony(mode="retired"), "any", retires - timedelta(days=1000))


def _telephony_row(telephony: Telephony, day: str, now: datetime) -> Row:
    explanation = explain(facts_of(_policy(telephony), _request(now), now, _nobody_else(), None), "")
    fired = next((found for found in explanation.findings if found.code is Code.TELEPHONY_RETIRED), None)
    outcome = f"`{fired.answer}`, `{fired.code}`" if fired else f"`{Answer.ALLOW}`"
    # With its answer set to `warn` it is carried out, and then these warnings are told.
    warnings = ", ".join(f"`{warning}`" for warning in explanation.warnings) or "none"
    counts = "yes, once for all" if delivers(telephony, now) else "no"
    return (f"`{telephony.mode}`", day, outcome, warnings, counts)


def _policy(telephony: Telephony) -> Policy:
    kinds = dict.fromkeys(PhoneType, ("mobile",))
    return Policy.model_validate(
        {"version": "1", "numberTypes": kinds, "requesters": {"*": ["set"]}, "telephony": telephony}
    )


def _request(now: datetime) -> ChangeRequest:
    """Gives a request for libphonenumber's example of a British mobile number."""
    fields = {"requestId": "T", "operation": "set", "user": {"userPrincipalName": "user@contoso.example"}}
    fields |= {"phoneNumber": "+44 7400 123456", "requestedBy": "table", "reason": "table"}
    return ChangeRequest.model_validate({**fields, "requestedAt": now.isoformat()})


def _nobody_else() -> UserState:
    return example_user({"methods": ["fido2"]}, "the user")
