"""Whom an exception excuses."""

from shared.directory_user import Tie
from shared.policy.exceptions import PolicyException
from shared.policy.facts import Facts
from shared.policy.finding import Finding
from shared.policy.user_names import names_of


def excuse_for(finding: Finding, facts: Facts) -> str:
    """Gives the id of the exception that excuses a finding; empty where none does."""
    named = (exception for exception in facts.policy.exceptions if finding.code in exception.codes)
    return next((exception.id for exception in named if _applies(exception, facts)), "")


def may_be_excused(finding: Finding, facts: Facts) -> bool:
    """Says whether an exception may turn up once the user is known."""
    holding = (exception for exception in facts.policy.exceptions if exception.holds_on(facts.now.date()))
    return facts.state is None and any(finding.code in exception.codes for exception in holding)


def _applies(exception: PolicyException, facts: Facts) -> bool:
    if not exception.holds_on(facts.now.date()):
        return False
    requesters = {name.casefold() for name in exception.requesters}
    return facts.request.requested_by.casefold() in requesters or _concerns_user(exception, facts)


def _concerns_user(exception: PolicyException, facts: Facts) -> bool:
    if facts.state is None:
        return False
    users = {name.casefold() for name in exception.users}
    groups = {name.casefold() for name in exception.groups}
    of_user = {group.id.casefold() for group in facts.state.groups if group.tie is Tie.MEMBER}
    return bool(names_of(facts.state.user) & users or of_user & groups)
