"""Kinds of methods come back from an export as what they were."""

import pytest

from local.graph.tenant.method_kinds import KINDS, PASSWORD
from local.graph.tenant.reading import read_tenant
from local.graph.tenant.writing import tenant_as_json


@pytest.mark.parametrize("name", [name for name in KINDS if name != PASSWORD])
def test_a_kind_is_read_again_as_it_was_written(name: str) -> None:
    once = tenant_as_json(read_tenant([{"userPrincipalName": "u@contoso.com", "methods": [name]}]).tenant)
    again = read_tenant(once).tenant
    assert [method.kind.name for method in again.users[0].methods] == [PASSWORD, name]
    assert tenant_as_json(again) == once


def test_a_type_of_graph_means_the_plain_kind() -> None:
    methods = [{"@odata.type": "#microsoft.graph.fido2AuthenticationMethod", "id": "key"}]
    (user,) = read_tenant([{"userPrincipalName": "u@contoso.com", "methods": methods}]).tenant.users
    assert [(method.kind.name, method.id) for method in user.methods][1:] == [("fido2", "key")]
