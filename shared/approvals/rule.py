"""Says whether an approval counts. Pure: the record, policy and the time decide."""

import re
import unicodedata
from datetime import datetime

from shared.approval_codes import ApprovalCode
from shared.codes import Code
from shared.messages.approval import Approval, HoldWord
from shared.messages.held_event import hold_id
from shared.policy.model import Policy
from shared.policy.user_names import names_of
from shared.record import Record
from shared.request_hold import HoldState, RequestHold

_ANYTHING = "*"
STATES = {HoldWord.APPROVE: HoldState.APPROVED, HoldWord.CANCEL: HoldState.CANCELLED}
# What a name consists of where it was, or may have been, redacted.
_DIGITS = re.compile(r"[\d*]")


def judge(approval: Approval, record: Record | None, policy: Policy, now: datetime) -> ApprovalCode:
    """Gives the answer to an approval; a repeat of the one that decided gets the same answer again."""
    if record is None:
        return ApprovalCode.REQUEST_UNKNOWN
    hold = record.hold
    if hold is None:
        return ApprovalCode.NOT_HELD
    if _is_repeat(approval, hold):
        return _accepted(approval)
    if approval.hold_id not in {None, hold_id(approval.request_id, hold.generation)}:
        return ApprovalCode.OTHER_HOLD
    return _over(record, hold, now) or _fault_of_approver(approval, record, hold, policy) or _accepted(approval)


def _is_repeat(approval: Approval, hold: RequestHold) -> bool:
    decided, state = hold.decision, STATES[approval.decision]
    return decided is not None and decided.approval_id == approval.approval_id and decided.state is state


def _over(record: Record, hold: RequestHold, now: datetime) -> ApprovalCode | None:
    if record.finished or record.intent is not None or now >= hold.expires_at:
        return ApprovalCode.TOO_LATE
    return ApprovalCode.ALREADY_DECIDED if hold.decision is not None else None


def _fault_of_approver(approval: Approval, record: Record, hold: RequestHold, policy: Policy) -> ApprovalCode | None:
    """Whoever may send here may cancel: that changes nothing. Only an approval needs the right person."""
    if approval.decision is HoldWord.CANCEL:
        return None
    approver = approval.decided_by.casefold()
    if _is_same(record.requested_by, approval.decided_by):
        return ApprovalCode.APPROVER_IS_REQUESTER
    if approver in {*names_of(hold.user), record.user_key.casefold()}:
        return ApprovalCode.APPROVER_IS_USER
    entitled = _entitled(approver, policy)
    if _ANYTHING in entitled or hold.codes <= entitled:
        return None
    return ApprovalCode.APPROVER_NOT_ENTITLED


def _is_same(requester: str, approver: str) -> bool:
    """Compares names without case. Of a requester whose name held a number the record has the rest alone."""
    names = [unicodedata.normalize("NFKC", name).casefold() for name in (requester, approver)]
    if "*" in requester:
        names = [_DIGITS.sub("", name) for name in names]
    return names[0] == names[1]


def _entitled(approver: str, policy: Policy) -> frozenset[Code | str]:
    approvers = {name.casefold(): codes for name, codes in policy.approvers.items()}
    return frozenset(approvers.get(approver, ()))


def _accepted(approval: Approval) -> ApprovalCode:
    return ApprovalCode.APPROVED if approval.decision is HoldWord.APPROVE else ApprovalCode.CANCELLED
