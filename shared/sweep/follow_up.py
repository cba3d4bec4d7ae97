"""What may follow from a judgement: a request that sets something right, or a notice. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.compliance.finding import ComplianceCode, Finding, Verdict
from shared.compliance.judging import Judgement
from shared.compliance.subject import Subject
from shared.phone.phone_type import PhoneType
from shared.sweep.work_file import RowKind


class FollowUpKind(StrEnum):
    """What is to be done."""

    REMOVE_PHONES = "remove_phones"
    """Of a leaver."""
    WRITE_ANEW = "write_anew"
    """A number, in Graph's format."""
    PASSKEY_NOTICE = "passkey_notice"
    """To someone whose only method is a phone."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One of them, about one user."""

    kind: FollowUpKind
    user_id: str
    user_principal_name: str
    display_name: str = ""
    mail: str = ""
    department: str = ""
    preferred_language: str = ""
    phone_type: PhoneType | None = None


# By department, so that a wave reads its departments alone.
FOLLOW_UPS: Final = RowKind[FollowUp](FollowUp, lambda row: row.department)

_KINDS = {
    ComplianceCode.LEAVER_WITH_PHONE: FollowUpKind.REMOVE_PHONES,
    ComplianceCode.NUMBER_FORMAT: FollowUpKind.WRITE_ANEW,
    ComplianceCode.PHONE_ONLY: FollowUpKind.PASSKEY_NOTICE,
}


def follow_up(subject: Subject, judgement: Judgement) -> Iterator[FollowUp]:
    """Gives what may follow: from a violation that nothing excuses alone, and never for someone whom policy protects.

    A protected user is nobody's to change unattended, and is told by the security team. For someone who has left there
    is nothing to write anew and nothing to register: the phones go.
    """
    if subject.protected is not None:
        return
    wanted = dict.fromkeys(_wanted(judgement.findings))
    leaves = [each for each in wanted if each[0] is FollowUpKind.REMOVE_PHONES]
    for kind, of_phone in leaves or wanted:
        yield _of(subject, kind, of_phone)


def _wanted(findings: Iterable[Finding]) -> Iterator[tuple[FollowUpKind, PhoneType | None]]:
    for finding in findings:
        kind = _KINDS.get(finding.code)
        if kind and _counts(finding):
            yield kind, finding.phone_type if kind is FollowUpKind.WRITE_ANEW else None


def _counts(finding: Finding) -> bool:
    return finding.verdict is Verdict.VIOLATION and not finding.excused_by


def _of(subject: Subject, kind: FollowUpKind, phone_type: PhoneType | None) -> FollowUp:
    person = subject.person
    return FollowUp(
        kind,
        person.user_id,
        person.user_principal_name,
        person.display_name,
        person.mail,
        person.department,
        person.preferred_language,
        phone_type,
    )
