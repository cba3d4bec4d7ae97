"""Events as the function app tells them, as far as the demo reads them."""

from typing import Any

EXPIRES_AT = "2026-11-23T09:00:25Z"


def finding(code: str, answer: str = "refuse", excused_by: str | None = None) -> dict[str, Any]:
    return {"code": code, "answer": answer, "message": "Why.", "excusedBy": excused_by}


def ended(request_id: str, outcome: str = "changed", code: str = "replaced", **fields: Any) -> dict[str, Any]:
    data = {"requestId": request_id, "outcome": outcome, "code": code, "findings": [], **fields}
    return {"id": f"{request_id}:{outcome}", "type": f"mfaphone.change.{outcome}", "data": data}


def held(request_id: str, *codes: str, generation: str = "", **fields: Any) -> dict[str, Any]:
    hold_id = f"{request_id}:held{generation}"
    data = {
        "requestId": request_id,
        "holdId": hold_id,
        "code": codes[0] if codes else "cool_down",
        "message": "The user's phones were changed a short while ago.",
        "findings": [finding(code, "hold") for code in codes or ("cool_down",)],
        "expiresAt": EXPIRES_AT,
        "releasesAt": None,
        **fields,
    }
    return {"id": hold_id, "type": "mfaphone.change.held", "data": data}


def answered(approval_id: str, request_id: str, code: str = "approved", **fields: Any) -> dict[str, Any]:
    word = "accepted" if code in {"approved", "cancelled"} else "refused"
    data = {
        "approvalId": approval_id,
        "requestId": request_id,
        "holdId": f"{request_id}:held",
        "decision": "cancel" if code == "cancelled" else "approve",
        "decidedBy": "security-desk",
        "code": code,
        **fields,
    }
    return {"id": f"approval:{approval_id}:{code}", "type": f"mfaphone.approval.{word}", "data": data}
