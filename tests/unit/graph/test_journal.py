"""The twin's state file: what was taken on is known after a restart, and a torn end is as if nothing had been."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.graph.journal import Journal, opened
from local.graph.phones.book import Phone, PhoneType, SmsSignInState
from local.graph.tenant.model import Tenant, User
from local.graph.tenant.reading import read_tenant
from local.graph.tenant.writing import tenant_as_json
from local.serving import CannotStartError

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORK = Phone(PhoneType.OFFICE, "+49 301234567", SmsSignInState.NOT_SUPPORTED)
MOBILE = Phone(PhoneType.MOBILE, "+49 1711234567", SmsSignInState.NOT_ALLOWED_BY_POLICY)


def fresh() -> Tenant:
    anna = {"userPrincipalName": "anna@contoso.com", "phoneMethods": ["+49 1700000001"]}
    return read_tenant([anna, {"userPrincipalName": "ben@contoso.com"}]).tenant


def user(tenant: Tenant, name: str = "anna") -> User:
    found = tenant.user(f"{name}@contoso.com")
    assert found is not None
    return found


def changed(path: Path) -> dict[str, Any]:
    """Changes a tenant in every way that there is, and gives how it then is."""
    tenant = fresh()
    journal = opened(path, tenant)
    journal.put_phone(user(tenant), MOBILE, NOW)
    journal.put_phone(user(tenant), WORK, NOW)
    journal.put_phone(user(tenant, "ben"), WORK, NOW)
    journal.drop_phone(user(tenant, "ben"), PhoneType.OFFICE, NOW)
    journal.set_property(user(tenant), "signInSessionsValidFromDateTime", "2026-11-23T09:00:00Z", NOW)
    journal.close()
    return tenant_as_json(tenant)


def restarted(path: Path) -> Tenant:
    tenant = fresh()
    opened(path, tenant).close()
    return tenant


def test_every_change_is_there_after_a_restart_and_after_another_one(tmp_path: Path) -> None:
    before = changed(tmp_path / "state")
    assert tenant_as_json(restarted(tmp_path / "state")) == before
    assert tenant_as_json(restarted(tmp_path / "state")) == before


def test_changes_keep_their_time_so_that_reads_are_as_late_as_before(tmp_path: Path) -> None:
    changed(tmp_path / "state")
    phones = user(restarted(tmp_path / "state")).phones
    assert phones.as_of(NOW).get(PhoneType.OFFICE) == WORK
    assert phones.as_of(NOW.replace(hour=8)).get(PhoneType.OFFICE) is None


@pytest.mark.parametrize("cut", range(1, 120))
def test_a_line_that_was_cut_off_by_a_kill_never_took_place_and_the_next_one_stands_alone(
    tmp_path: Path, cut: int
) -> None:
    path = tmp_path / "state"
    tenant = fresh()
    journal = opened(path, tenant)
    journal.put_phone(user(tenant), WORK, NOW)
    whole = path.stat().st_size
    journal.put_phone(user(tenant), MOBILE, NOW)
    journal.close()
    with path.open("r+b") as file:
        file.truncate(min(whole + cut, path.stat().st_size - 1))
    again = fresh()
    journal = opened(path, again)
    phones = user(again).phones.latest
    assert [phone.number for phone in phones] == ["+49 1700000001", WORK.number]
    journal.drop_phone(user(again), PhoneType.OFFICE, NOW)
    journal.close()
    assert [phone.number for phone in user(restarted(path)).phones.latest] == ["+49 1700000001"]


@pytest.mark.parametrize("content", ["nonsense\n", '{"at": "2026-11-23T09:00:00+00:00", "user": "nobody"}\n', "[]\n"])
def test_a_file_that_is_not_this_tenants_is_refused_in_one_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "state").write_text(content)
    with pytest.raises(CannotStartError, match="does not fit the tenant file: delete it to start anew"):
        opened(tmp_path / "state", fresh())


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotStartError, match="cannot be used: No such file or directory"):
        opened(tmp_path / "nowhere" / "state", fresh())


def test_without_a_file_nothing_is_kept_and_everything_works(tmp_path: Path) -> None:
    tenant = fresh()
    Journal().put_phone(user(tenant), WORK, NOW)
    assert user(tenant).phones.latest.get(PhoneType.OFFICE) == WORK
    assert list(tmp_path.iterdir()) == []
