"""One user's phones are read with their numbers, by the permission that the sweep has anyway."""

from typing import Any

import pytest

from shared.directory_user import StoredPhone
from shared.errors import DirectoryRefusedError
from shared.graph.sweeping.phone_reader import GraphPhoneReader
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from tests.contract.sweep_graph.conftest import Reach

ANNA = "00000000-0000-4000-8000-00000000000a"


@pytest.fixture
def tenant() -> dict[str, Any]:
    phones = [
        {"phoneType": "mobile", "phoneNumber": "+44\u20097400123456"},
        {"phoneType": "office", "phoneNumber": "+44 1212345678x9"},
    ]
    someone = {"id": ANNA, "userPrincipalName": "anna@contoso.example", "phoneMethods": phones, "methods": ["fido2"]}
    return {"users": [someone]}


async def test_phones_alone_are_read_and_how_they_are_written(reach: Reach) -> None:
    assert await GraphPhoneReader(reach.client, reach.calls).read_phones(ANNA) == (
        StoredPhone(PhoneType.MOBILE, PhoneNumber(44, "7400123456"), is_well_written=False),
        StoredPhone(PhoneType.OFFICE, PhoneNumber(44, "1212345678", "9")),
    )


async def test_who_is_gone_is_refused(reach: Reach) -> None:
    with pytest.raises(DirectoryRefusedError):
        await GraphPhoneReader(reach.client, reach.calls).read_phones("00000000-0000-4000-8000-00000000000f")
