"""Any policy, any request, any user: what the universal promises are tried on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from shared.change_history import History
from shared.directory_user import DirectoryGroup, DirectoryRole, Holding, StoredPhone, Tie, Undetermined, UserState
from shared.messages.change_request import ChangeRequest, Operation
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.policy.catalogue import ENTRIES
from shared.policy.facts import Facts, Undone
from shared.policy.methods import COUNTED
from shared.policy.model import Policy
from tests.unit.policy.facts import ADMIN, ANNA, GROUP, NEW, NEW_TEXT, NOW, OLD, OLD_TEXT, POLICY, request, user

GERMAN, PREMIUM = PhoneNumber(49, "15123456789"), PhoneNumber(1, "9002345678")
REGIONS = ["GB", "DE", "US"]
KINDS = ["mobile", "fixed_line", "voip", "premium_rate"]
PREFIXES = ["+44", "+447400123457", "+4915", "+1900"]
REQUESTERS = ["workday", "servicedesk", "form"]
ROLE_WORDS = ["*", ADMIN, "Global Administrator", "Helpdesk Administrator"]
ENDS = datetime(2027, 2, 1, tzinfo=UTC)
OTHERS = [*COUNTED, "emailAuthenticationMethod", "temporaryAccessPassAuthenticationMethod"]


def some(values: list[str]) -> st.SearchStrategy[list[str]]:
    """Gives some of the values, each once."""
    return st.lists(st.sampled_from(values), unique=True)


def mostly(*usual: Any, seldom: list[Any]) -> st.SearchStrategy[Any]:
    """Gives one of what is usual eight times out of nine."""
    return st.sampled_from([*usual] * (8 * len(seldom)) + seldom * len(usual))


def limit(most: int) -> st.SearchStrategy[dict[str, Any] | None]:
    return st.none() | st.fixed_dictionaries({"changes": st.integers(1, most), "window": st.sampled_from(WINDOWS)})


WINDOWS = ["PT1H", "P1D", "P7D"]
SOFTEST = {entry.code.value: str(min(entry.answers, key=lambda answer: answer.strictness)) for entry in ENTRIES}
NO_TRIPWIRES = dict.fromkeys(["coolDown", "perUser", "perRequester", "perTenant", "usersPerNumber", "passwordAge"])
operations = some([operation.value for operation in Operation])
allowed_regions = st.none() | some(REGIONS)
exceptions = st.fixed_dictionaries(
    {
        "codes": st.lists(st.sampled_from([e.code.value for e in ENTRIES if e.excusable]), min_size=1, unique=True),
        "users": st.sampled_from([[], [ANNA], ["ben@contoso.example"]]),
        "groups": st.sampled_from([[], [GROUP]]),
        "requesters": st.sampled_from([["workday"], ["form"]]),
        "owner": st.just("owner@contoso.example"),
        "reason": st.just("agreed"),
        "expires": st.sampled_from(["2026-11-22", "2026-11-23", "2027-12-31"]),
    }
)
PARTS: dict[str, st.SearchStrategy[Any]] = {
    "regions": st.builds(
        lambda allowed, blocked, default: {
            "allowed": allowed if allowed is None else sorted(set(allowed) - set(blocked)),
            "blocked": blocked,
            "default": default,
        },
        allowed_regions,
        some(REGIONS),
        st.sampled_from(["GB", None]),
    ),
    "numberTypes": st.fixed_dictionaries({phone_type.value: some(KINDS) for phone_type in PhoneType}),
    "blockedNumbers": some(PREFIXES),
    "requesters": st.dictionaries(st.sampled_from([*REQUESTERS, "*"]), operations),
    "protectedUsers": st.fixed_dictionaries(
        {
            "directoryRoles": st.sampled_from([["*"], *([word] for word in ROLE_WORDS), ROLE_WORDS[1:]]),
            "eligibleRoles": st.booleans(),
            "roleAssignableGroups": st.booleans(),
            "users": st.sampled_from([[], [ANNA]]),
            "groups": st.sampled_from([[], [GROUP]]),
        }
    ),
    "lockOut": st.fixed_dictionaries(
        {"minimumUsableMethods": st.integers(1, 4), "countedMethods": some(list(COUNTED))}
    ),
    "telephony": st.builds(
        lambda mode, reachable, unreachable: {
            "mode": mode,
            "reachableRegions": reachable if reachable is None else sorted(set(reachable) - set(unreachable)),
            "unreachableRegions": unreachable,
        },
        st.sampled_from(["microsoft", "customer_provider", "retired"]),
        allowed_regions,
        some(REGIONS),
    ),
    "tripwires": st.fixed_dictionaries(
        {
            "coolDown": st.sampled_from([None, *WINDOWS]),
            "perUser": limit(4),
            "perRequester": limit(10),
            "perTenant": limit(10),
            "usersPerNumber": st.none() | st.integers(1, 3),
            "passwordAge": st.sampled_from([None, *WINDOWS]),
        }
    ),
    "answers": st.fixed_dictionaries(
        {}, optional={entry.code.value: st.sampled_from([str(a) for a in entry.answers]) for entry in ENTRIES}
    ),
    "exceptions": st.lists(exceptions, max_size=2).map(
        lambda found: [{**fields, "id": f"EX-{index}"} for index, fields in enumerate(found)]
    ),
}


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    """Gives a policy that is an ordinary one but for a few parts: where everything is refused, nothing can be shown."""
    names = draw(st.lists(st.sampled_from([*sorted(PARTS), *["protectedUsers"] * 3]), max_size=3, unique=True))
    usual: dict[str, Any] = draw(st.sampled_from([{"tripwires": NO_TRIPWIRES}, {"answers": SOFTEST}, {}]))
    return {**POLICY, **usual, **{name: draw(PARTS[name]) for name in names}}


written = mostly(
    NEW_TEXT,
    OLD_TEXT,
    seldom=["07400 123457", "+49 151 23456789", "+1 900 234 5678", f"{NEW_TEXT} x12", "one", "07400 12/3"],
)
phone_types = st.sampled_from([phone_type.value for phone_type in PhoneType])


@st.composite
def requests(draw: st.DrawFn) -> ChangeRequest:
    """Gives a request to set or to remove."""
    fields: dict[str, Any] = {
        "requestedBy": draw(mostly("workday", seldom=["servicedesk", "form"])),
        "requestedAt": (NOW + draw(mostly(-1, seldom=[1])) * timedelta(minutes=10)).isoformat(),
        "phoneType": draw(phone_types),
        "ifCurrent": draw(mostly(None, seldom=[OLD_TEXT, NEW_TEXT, "one"])),
    }
    if draw(st.booleans()):
        return request(phoneNumber=draw(written), **fields)
    if fields["ifCurrent"] is None and draw(st.booleans()):
        fields["phoneType"] = None
    return request(operation="remove", phoneNumber=None, **fields)


numbers = mostly(NEW, OLD, seldom=[GERMAN, PREMIUM, None])
roles = st.builds(
    DirectoryRole,
    st.sampled_from([ADMIN, "729827e3-9c14-49f7-bb1b-9608f156bbb8", ""]),
    st.sampled_from(["Global Administrator", "Helpdesk Administrator", ""]),
    st.sampled_from(Holding),
)
groups = st.builds(
    DirectoryGroup,
    st.sampled_from([GROUP, "22222222-2222-4222-8222-222222222222"]),
    st.sampled_from(["Staff", ""]),
    st.sampled_from([False, True, None]),
    st.sampled_from(Tie),
)
users = st.builds(
    user,
    account_enabled=st.sampled_from([True, False, None]),
    usage_location=mostly("GB", seldom=["DE", None]),
    user_type=mostly("member", seldom=["guest", None]),
    management_restricted=mostly(False, seldom=[True]),  # noqa: FBT003 - a value to draw
    password_changed_at=st.sampled_from([None, NOW - timedelta(minutes=1), NOW - timedelta(days=100)]),
)
states = st.builds(
    lambda anna, phones, held, others, member_of, unread: UserState(
        anna,
        tuple(StoredPhone(*phone) for phone in phones.items()),
        tuple(held),
        tuple(others),
        tuple(member_of),
        unread,
    ),
    users,
    st.dictionaries(st.sampled_from(PhoneType), numbers),
    st.just([]) | st.lists(roles, max_size=2),
    st.just([]) | st.lists(st.sampled_from(OTHERS), max_size=3),
    st.just([]) | st.lists(groups, max_size=2),
    mostly(frozenset(), seldom=[frozenset({source}) for source in Undetermined]),
)
ages = st.lists(st.sampled_from([timedelta(minutes=1), timedelta(hours=1), timedelta(days=3)]), max_size=4)
histories = st.builds(
    lambda past, requester, tenant, others: History(
        tuple(sorted((NOW - age for age in past), reverse=True)), requester, tenant, others
    ),
    ages,
    st.integers(0, 11),
    st.integers(0, 11),
    st.integers(0, 4),
)
undone = mostly(None, seldom=[Undone(NEW), Undone(OLD), Undone(None)])


@st.composite
def any_facts(draw: st.DrawFn, *, user_is_known: bool = False) -> tuple[dict[str, Any], Facts]:
    """Gives a policy, in JSON, and facts that are decided by it; not always is the user known."""
    rules, asked = draw(policies()), draw(requests())
    going_by = draw(undone) if len(asked.phone_types) == 1 and asked.if_current is None else None
    late = draw(mostly(timedelta(0), seldom=[ENDS - NOW]))
    known = user_is_known or draw(st.sampled_from([True, True, True, False]))
    facts = Facts(
        replaced(asked, late), Policy.model_validate(rules), NOW + late, draw(states), draw(histories), going_by
    )
    return rules, facts if known else replace(facts, state=None, history=None)


def replaced(asked: ChangeRequest, late: timedelta) -> ChangeRequest:
    """Moves a request in time."""
    return asked.model_copy(update={"requested_at": asked.requested_at + late})
