"""Small tenants with something to find."""

from datetime import UTC, datetime

from shared.compliance.rows import Expected, Person, PhoneSeen, ProtectedPerson, Protection, Registered
from shared.phone.phone_type import PhoneType
from tests.fakes.sweep import MemoryTenant

REPORTED = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
AUTHENTICATOR = "microsoftAuthenticatorAuthenticationMethod"
PASSKEY = "fido2AuthenticationMethod"


def person(number: int, **told: object) -> Person:
    """Gives one of the people, by number."""
    values = {
        "user_id": f"{number:08}-0000-4000-8000-000000000000",
        "user_principal_name": f"person{number}@contoso.example",
        "display_name": f"Person {number}",
        "mail": f"person{number}@contoso.example",
        "department": f"Department {number % 3}",
        "country": "GB",
        "account_enabled": True,
    }
    return Person(**{**values, **told})  # type: ignore[arg-type]


def phone(number: int, **told: object) -> PhoneSeen:
    """Gives a phone with a number that is this one's alone."""
    values = {
        "phone_type": PhoneType.MOBILE,
        "masked": f"+44 ********{number % 100:02}",
        "number_hash": f"hash-{number}",
        "region": "GB",
        "kind": "mobile",
        "sms_sign_in": "notEnabled",
    }
    return PhoneSeen(**{**values, **told})  # type: ignore[arg-type]


def tenant_of(count: int = 24) -> MemoryTenant:
    """Gives a tenant in which every fourth person has a phone alone, and others other troubles."""
    tenant = MemoryTenant()
    for number in range(count):
        _move_in(tenant, number)
    shared = tenant.methods[tenant.people[0].user_id][1][0]
    tenant.methods[tenant.people[4].user_id] = ((), (shared,))
    tenant.marks = [Expected(tenant.people[0].user_id, PhoneType.MOBILE, "of another number")]
    tenant.protected = Protection((ProtectedPerson(tenant.people[8].user_id, ("holds Global Administrator",)),))
    return tenant


def _move_in(tenant: MemoryTenant, number: int) -> None:
    match number % 4:
        case 0:  # a phone, and nothing else
            _add(tenant, person(number), ("mobilePhone",), ((), (phone(number),)))
        case 1:  # two strong methods
            _add(tenant, person(number), ("microsoftAuthenticatorPush", "fido2"), ((AUTHENTICATOR, PASSKEY), ()))
        case 2:  # disabled, and so not in the report, with a phone
            _add(tenant, person(number, account_enabled=False), None, ((), (phone(number),)))
        case _:  # new: the report does not know them yet
            _add(tenant, person(number), None, ((AUTHENTICATOR, PASSKEY), ()))


def _add(
    tenant: MemoryTenant,
    someone: Person,
    reported: tuple[str, ...] | None,
    methods: tuple[tuple[str, ...], tuple[PhoneSeen, ...]],
) -> None:
    tenant.people.append(someone)
    tenant.methods[someone.user_id] = methods
    if reported is not None:
        # The report's order is another one than the directory's.
        tenant.report.insert(0, Registered(someone.user_id, reported, REPORTED))
