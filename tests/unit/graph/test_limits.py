"""What a request costs and how much there is of it, as Microsoft publishes it."""

from typing import Any

import pytest

from local.graph.contract.operations import templates
from local.graph.limits import Limits, limits_as_json, read_limits
from local.graph.workloads import Workload, cost_of, workload_of


@pytest.mark.parametrize(
    ("users", "units"), [(0, 3500), (49, 3500), (50, 5000), (500, 5000), (501, 8000), (200_000, 8000)]
)
def test_the_directory_takes_more_of_a_larger_tenant(users: int, units: int) -> None:
    assert Limits().most(Workload.IDENTITY, users) == units
    assert Limits(units=7).most(Workload.IDENTITY, users) == 7


@pytest.mark.parametrize(
    ("path", "workload"),
    [
        ("/users", Workload.IDENTITY),
        ("/users/{user-id}/manager", Workload.IDENTITY),
        ("/groups/{group-id}/owners", Workload.IDENTITY),
        ("/roleManagement/directory/roleAssignments", Workload.IDENTITY),
        ("/users/{user-id}/authentication/methods", Workload.METHODS),
        ("/reports/authenticationMethods/userRegistrationDetails", Workload.REPORTS),
        ("/users/{user-id}/sendMail", Workload.MAIL),
        ("/$batch", Workload.GATEWAY),
    ],
)
def test_every_path_belongs_to_one_service(path: str, workload: Workload) -> None:
    assert workload_of(path) is workload
    assert path in templates()


@pytest.mark.parametrize(
    ("template", "query", "units"),
    [
        ("/users", {}, 2),
        ("/users", {"$Select": "id"}, 1),
        ("/users", {"$select": "id", "$expand": "manager", "$top": "999"}, 2),
        ("/users", {"top": "19"}, 1),
        ("/users", {"$top": "many"}, 2),
        ("/users/{user-id}/transitiveMemberOf/microsoft.graph.group", {}, 2),
        ("/groups/{group-id}/transitiveMembers", {}, 5),
        ("/groups/{group-id}/transitiveMembers/microsoft.graph.user", {"$select": "id"}, 4),
    ],
)
def test_a_cost_follows_from_path_and_query(template: str, query: dict[str, str], units: int) -> None:
    assert cost_of(template, "GET", query) == units


@pytest.mark.parametrize(
    "given",
    [None, "published", {"methodsPer10Seconds": 40}, {"reportsPer10Seconds": 1, "unitsPer10Seconds": 2}],
)
def test_limits_come_back_as_they_were_given(given: Any) -> None:
    assert limits_as_json(read_limits(given)) == given


def test_a_figure_that_is_null_is_the_published_one() -> None:
    assert read_limits({"reportsPer10Seconds": None}) == Limits()
