"""The policy under which a generated tenant is swept, as of a day."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from local.sweep_demo import rare_kinds
from local.sweep_demo.company import GeneratedTenant
from local.sweep_demo.planted import Planted
from shared.compliance.finding import ComplianceCode

POLICY: Final = Path(__file__).parent / "policy.json"
_LATER: Final = timedelta(days=200)
# Within the two weeks of policy's `exceptionNotice`.
_SOON: Final = timedelta(days=9)
_SWITCHBOARD: Final = "callcentre@contoso.example"
_DEPOT: Final = "logistics@contoso.example"


def write_policy(path: Path, tenant: GeneratedTenant) -> tuple[Planted, ...]:
    """Writes the policy file, and gives what is to be found of policy itself.

    Once Microsoft delivers no longer, the company has a provider of its own: otherwise no phone were of any use.
    """
    policy: dict[str, Any] = json.loads(POLICY.read_text(encoding="utf-8"))
    if tenant.at >= date.fromisoformat(policy["telephony"]["retiresOn"]):
        policy["telephony"]["mode"] = "customer_provider"
    policy["exceptions"] = [
        {
            "id": rare_kinds.VOIP_EXCUSED,
            "codes": [ComplianceCode.NUMBER_TYPE_NOT_ALLOWED],
            "users": tenant.excused[rare_kinds.VOIP_EXCUSED],
            "owner": _SWITCHBOARD,
            "reason": "The call centre's desks have VoIP phones until the handsets arrive.",
            "expires": str(tenant.at + _LATER),
        },
        {
            "id": rare_kinds.PHONE_EXCUSED,
            "codes": [ComplianceCode.PHONE_ONLY],
            "users": tenant.excused[rare_kinds.PHONE_EXCUSED],
            "owner": _DEPOT,
            "reason": "The depot's people get their security keys this month.",
            "expires": str(tenant.at + _SOON),
        },
    ]
    path.write_text(json.dumps(policy, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return (Planted("", ComplianceCode.EXCEPTION_EXPIRING),)
