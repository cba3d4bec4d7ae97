"""Why an approval counts or does not: stable words, each with the sentence that people read."""

from enum import StrEnum


class ApprovalCode(StrEnum):
    """A stable snake_case word; a subscriber may build on it."""

    # accepted
    APPROVED = "approved"
    CANCELLED = "cancelled"
    # refused
    INVALID_APPROVAL = "invalid_approval"
    REQUEST_UNKNOWN = "request_unknown"
    NOT_HELD = "not_held"
    OTHER_HOLD = "other_hold"
    ALREADY_DECIDED = "already_decided"
    TOO_LATE = "too_late"
    APPROVER_IS_REQUESTER = "approver_is_requester"
    APPROVER_IS_USER = "approver_is_user"
    APPROVER_NOT_ENTITLED = "approver_not_entitled"


ACCEPTED = frozenset({ApprovalCode.APPROVED, ApprovalCode.CANCELLED})
MESSAGES: dict[ApprovalCode, str] = {
    ApprovalCode.APPROVED: "The request goes on.",
    ApprovalCode.CANCELLED: "The request will not be carried out.",
    ApprovalCode.INVALID_APPROVAL: "The message does not fit the approval's contract; it is kept for a person.",
    ApprovalCode.REQUEST_UNKNOWN: "No request with this id is known.",
    ApprovalCode.NOT_HELD: "The request is not held.",
    ApprovalCode.OTHER_HOLD: "The request is held by now for other reasons than those that were approved: look again.",
    ApprovalCode.ALREADY_DECIDED: "Somebody has decided about this hold already.",
    ApprovalCode.TOO_LATE: "The hold is over: the request has ended, or is being carried out.",
    ApprovalCode.APPROVER_IS_REQUESTER: "Nobody approves what they asked for themselves.",
    ApprovalCode.APPROVER_IS_USER: "Nobody approves a change of their own phone.",
    ApprovalCode.APPROVER_NOT_ENTITLED: "Policy does not entitle the approver to approve what these rules hold.",
}
