"""What holds for all rules: three answers, and more knowledge never takes an answer back."""

from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.compliance.finding import ComplianceCode, Verdict
from shared.compliance.judging import judge
from shared.compliance.method_names import GRAPH_NAMES, REPORT_NAMES
from shared.compliance.rows import MethodsRefused, Person, PhoneSeen, Unavailable
from shared.compliance.subject import Standards, Subject
from shared.directory_user import Undetermined
from shared.policy.methods import COUNTED
from tests.unit.compliance.people import (
    ALTERNATE,
    MOBILE,
    NOW,
    OFFICE,
    PROTECTED,
    UNKNOWN,
    VIOLATION,
    expected,
    person,
    phone,
    reading,
    report,
    standards,
    verdicts,
    verdicts_of,
)

PHONE_NAMES = {MOBILE: "mobilePhone", ALTERNATE: "alternateMobilePhone", OFFICE: "officePhone"}
# A word of the report for each of Graph's types, and one that nobody knows.
WORDS = {method: name for name, method in REPORT_NAMES.items() if method} | {
    "temporaryAccessPassAuthenticationMethod": "temporaryAccessPass",
    "emailAuthenticationMethod": "email",
    "telepathyAuthenticationMethod": "telepathy",
}

seen_phones = st.builds(
    phone,
    st.just(MOBILE),
    kind=st.sampled_from(["mobile", "voip", "pager", ""]),
    region=st.sampled_from(["GB", "DE", "KP"]),
    is_blocked=st.booleans(),
    is_well_written=st.booleans(),
    sms_sign_in=st.sampled_from(["ready", "notEnabled", ""]),
    mark_hashes=st.sampled_from([("mark-1",), ("mark-2",)]),
) | st.just(PhoneSeen(MOBILE))


@dataclass(frozen=True)
class Truth:
    """All there is about somebody, of which a run may see a part."""

    person: Person
    methods: tuple[str, ...]
    phones: tuple[PhoneSeen, ...]
    subject: Subject

    @property
    def read(self) -> Subject:
        """Both, as it is for everybody in the report; Graph lists no hardware token among a user's own methods."""
        listed = [name for name in self.methods if name != "hardwareOathAuthenticationMethod"]
        return replace(self.reported, reading=reading(*listed, phones=self.phones))

    @property
    def read_alone(self) -> Subject:
        return replace(self.subject, reading=reading(*self.methods, phones=self.phones))

    @property
    def reported(self) -> Subject:
        words = [
            *dict.fromkeys(WORDS[name] for name in self.methods),
            *(PHONE_NAMES[p.phone_type] for p in self.phones),
        ]
        return replace(self.subject, registered=report(*words))


@st.composite
def truths(draw: st.DrawFn) -> Truth:
    methods = tuple(draw(st.lists(st.sampled_from(sorted(WORDS)), max_size=3)))
    types = draw(st.lists(st.sampled_from([MOBILE, ALTERNATE, OFFICE]), unique=True, max_size=2))
    phones = tuple(replace(draw(seen_phones), phone_type=phone_type) for phone_type in types)
    somebody = person(
        account_enabled=draw(st.sampled_from([True, True, False])),
        leaves_at=draw(st.sampled_from([None, NOW - timedelta(days=3), NOW + timedelta(days=3)])),
    )
    marks = draw(st.sampled_from([(), (expected(),), (expected(""),), (expected("mark-2", OFFICE),)]))
    subject = Subject(somebody, protected=draw(st.sampled_from([None, PROTECTED])), expected=marks)
    return Truth(somebody, methods, phones, subject)


policies = st.builds(
    standards,
    st.sampled_from([NOW, NOW + timedelta(days=100)]),
    telephony=st.builds(
        lambda mode: {"mode": mode, "unreachableRegions": ["KP"]},
        st.sampled_from(["microsoft", "customer_provider", "retired"]),
    ),
    lockOut=st.sampled_from([{}, {"countedMethods": ["fido2AuthenticationMethod"]}]),
    sweep=st.sampled_from([{}, {"minimumUsableMethods": 3}, {"off": ["phone_only"]}, {"off": ["no_method"]}]),
)


@given(truths(), policies)
def test_less_knowledge_makes_answers_unknown_and_changes_none(truth: Truth, by: Standards) -> None:
    """From a reading to the report alone, and from the report to nothing at all."""
    steps = [verdicts(truth.subject, by), verdicts(truth.reported, by), worst_verdicts(truth.read, by)]
    for less, more in ((steps[0], steps[1]), (steps[1], steps[2]), (steps[0], steps[2])):
        for code in less.keys() & more.keys():
            assert less[code] in {UNKNOWN, more[code]}


def worst_verdicts(subject: Subject, by: Standards) -> dict[str, Verdict]:
    """Gives each rule's answer, the worst where it is asked of several phones."""
    judgement = judge(subject, by)
    worst = sorted(judgement.findings, key=lambda each: each.verdict is VIOLATION)
    kept = {code.value: Verdict.COMPLIANT for code in judgement.compliant}
    return {**kept, **{each.code.value: each.verdict for each in worst}}


@given(truths(), policies)
def test_a_reading_alone_changes_no_answer_either(truth: Truth, by: Standards) -> None:
    less, more = verdicts(truth.subject, by), worst_verdicts(truth.read_alone, by)
    for code in less.keys() & more.keys():
        assert less[code] in {UNKNOWN, more[code]}


@given(truths(), policies)
def test_a_violation_by_the_report_is_one_by_a_reading(truth: Truth, by: Standards) -> None:
    fewer = {each.code for each in judge(truth.reported, by).findings if each.verdict is VIOLATION}
    more = {each.code for each in judge(truth.read, by).findings if each.verdict is VIOLATION}
    assert fewer <= more


@given(truths(), policies)
def test_a_refusal_is_no_knowledge(truth: Truth, by: Standards) -> None:
    for subject in (truth.subject, truth.reported):
        refused = replace(subject, reading=MethodsRefused(truth.person.user_id, "403"))
        assert verdicts(refused, by) == verdicts(subject, by)


@given(truths(), policies)
def test_a_source_that_cannot_be_read_changes_reasons_and_no_answer(truth: Truth, by: Standards) -> None:
    closed = Standards(by.rules, by.now, Unavailable("No licence."), Unavailable("No permission."))
    for subject in (truth.subject, truth.reported):
        assert verdicts(subject, closed) == verdicts(subject, by)


@given(truths(), policies, st.sampled_from(COUNTED))
def test_a_strong_method_more_is_never_held_against_anybody(truth: Truth, by: Standards, method: str) -> None:
    stronger = replace(truth, methods=(*truth.methods, method))
    for before, after in ((truth.read, stronger.read), (truth.reported, stronger.reported)):
        told = {each.code for each in judge(before, by).findings if each.verdict is VIOLATION}
        added = {each.code for each in judge(after, by).findings if each.verdict is VIOLATION} - told
        # Who had a phone alone, or nothing, is told as that, and with one method more as one who has too few.
        assert added <= {ComplianceCode.FEW_METHODS}
        assert not judge(after, by).phone_only or judge(before, by).phone_only


@given(truths(), policies)
def test_a_phone_alone_is_told_once_and_never_after_a_counted_method(truth: Truth, by: Standards) -> None:
    judgement = judge(truth.read, by)
    codes = {each.code for each in judgement.findings}
    if ComplianceCode.PHONE_ONLY in codes:
        assert not {ComplianceCode.NO_METHOD, ComplianceCode.FEW_METHODS} & {
            each.code for each in judgement.findings if each.verdict is VIOLATION
        }
    if set(truth.methods) & by.counted:
        assert not judgement.phone_only


@given(truths(), policies)
def test_a_doubt_about_protection_makes_nothing_known_and_nothing_worse(truth: Truth, by: Standards) -> None:
    doubtful = Standards(by.rules, by.now, undetermined=frozenset(Undetermined))
    for subject in (truth.subject, truth.reported):
        certain, doubted = verdicts(subject, by), verdicts(subject, doubtful)
        changed = {code for code in certain.keys() | doubted.keys() if certain.get(code) != doubted.get(code)}
        assert changed <= {"protected_on_phone"}
        assert all(doubted[code] is UNKNOWN for code in changed)


@given(truths(), policies)
def test_the_same_person_gives_the_same_findings(truth: Truth, by: Standards) -> None:
    again = Standards(by.rules, by.now)
    for subject in (truth.subject, truth.reported, truth.read):
        assert judge(subject, by) == judge(subject, again)


@given(truths(), policies)
def test_an_answer_that_is_told_is_a_sentence_and_names_no_hash(truth: Truth, by: Standards) -> None:
    for subject in (truth.subject, truth.reported, truth.read):
        for finding in judge(subject, by).findings:
            assert finding.evidence.endswith(".")
            assert finding.evidence[0].isupper()
            assert "  " not in finding.evidence
            assert not any(word in finding.evidence for word in ("number-1", "mark-", "None"))


def test_every_type_that_the_properties_draw_is_a_known_one_but_for_one() -> None:
    assert WORDS.keys() - GRAPH_NAMES == {"telepathyAuthenticationMethod"}
    assert verdicts_of(judge(Subject(person()), standards()))
