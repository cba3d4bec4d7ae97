"""A finding as files tell it: with its title, its advice and the controls that it maps to. Pure."""

from typing import Literal

from pydantic import Field

from shared.compliance.catalogue import CATALOGUE
from shared.compliance.finding import ComplianceCode, Finding, Severity, Source, Verdict
from shared.json_text import writable
from shared.messages.decision_contract import Told
from shared.messages.event_contract import Moment
from shared.phone.phone_type import PhoneType

_SCHEMA: Literal["urn:mfaphone:sweep-finding:1.0"] = "urn:mfaphone:sweep-finding:1.0"


class FindingLine(Told):
    """A violation, or what could not be known, about one user; about nobody where policy itself is meant."""

    schema_: Literal["urn:mfaphone:sweep-finding:1.0"] = Field(_SCHEMA, alias="schema")
    code: ComplianceCode
    verdict: Verdict
    severity: Severity
    title: str = Field(description="What the code means, in a few words.")
    evidence: str = Field(description="A sentence, with masked numbers; of an unknown it is the reason.")
    advice: str = Field(description="What to do about it.")
    controls: tuple[str, ...] = Field(description="What it maps to in control catalogues; empty where in none.")
    user_id: str = Field(description="Object id; empty where the finding is about policy.")
    user_principal_name: str
    display_name: str
    department: str
    country: str = Field(description="ISO 3166 alpha-2; empty where the directory has none.")
    manager_id: str
    manager_name: str
    phone_type: PhoneType | None = Field(description="Null where no single phone is meant.")
    source: Source
    as_of: Moment | None = Field(description="RFC 3339, UTC; when the source said so.")
    excused_by: str = Field(description="The id of policy's exception that excuses it; empty where none does.")


def finding_line(finding: Finding) -> FindingLine:
    """Gives a finding as files tell it."""
    entry = CATALOGUE[finding.code]
    return FindingLine(
        code=finding.code,
        verdict=finding.verdict,
        severity=finding.severity,
        title=entry.title,
        evidence=writable(finding.evidence),
        advice=entry.advice,
        controls=tuple(map(str, entry.controls)),
        user_id=writable(finding.user_id),
        user_principal_name=writable(finding.user_principal_name),
        display_name=writable(finding.display_name),
        department=writable(finding.department),
        country=writable(finding.country),
        manager_id=writable(finding.manager_id),
        manager_name=writable(finding.manager_name),
        phone_type=finding.phone_type,
        source=finding.source,
        as_of=finding.as_of,
        excused_by=writable(finding.excused_by),
    )
