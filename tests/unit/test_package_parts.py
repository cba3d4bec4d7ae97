"""What the package is made of follows from what our code says, and its audit never calls unknown clean."""

from pathlib import Path

import pytest

from scripts.package.audit import Status, judged
from scripts.package.reachable import Library, Said, reachable, said_by

TREE = {
    "msgraph/__init__.py": "",
    "msgraph/graph_service_client.py": """
from .users.users_request_builder import Base
class GraphServiceClient:
    def users(self):
        from .users.users_request_builder import UsersRequestBuilder
    def groups(self):
        from .groups.groups_request_builder import GroupsRequestBuilder
""",
    "msgraph/users/__init__.py": "",
    "msgraph/users/users_request_builder.py": """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from ..models.only_a_type import OnlyAType
class UsersRequestBuilder:
    def by_user_id(self, user_id):
        from .item.user_item_request_builder import UserItemRequestBuilder
    def get(self):
        from ..models.user import User
""",
    "msgraph/users/item/__init__.py": "",
    "msgraph/users/item/user_item_request_builder.py": "",
    "msgraph/groups/__init__.py": "",
    "msgraph/groups/groups_request_builder.py": "",
    "msgraph/models/__init__.py": "",
    "msgraph/models/user.py": "def fields():\n    from .manager import Manager\n",
    "msgraph/models/manager.py": "def fields():\n    from .user import User\n    from . import badge\n",
    "msgraph/models/badge.py": "",
    "msgraph/models/only_a_type.py": "",
    "msgraph/models/nobody.py": "",
}
OURS = "from msgraph.graph_service_client import GraphServiceClient\nclient.users.get()\n"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    for name, text in TREE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return Library(tmp_path)


def said(tmp_path: Path, text: str) -> Said:
    (tmp_path / "ours.py").write_text(text, encoding="utf-8")
    return said_by([tmp_path / "ours.py"])


def test_a_way_that_no_line_of_ours_names_is_not_kept(library: Library, tmp_path: Path) -> None:
    kept = reachable(library, said(tmp_path, OURS))
    assert "msgraph.users.users_request_builder" in kept
    assert "msgraph.groups.groups_request_builder" not in kept
    assert "msgraph.users.item.user_item_request_builder" not in kept


def test_a_way_that_a_line_of_ours_names_is_kept(library: Library, tmp_path: Path) -> None:
    kept = reachable(library, said(tmp_path, OURS + "client.users.by_user_id('1')\n"))
    assert "msgraph.users.item.user_item_request_builder" in kept


def test_what_a_kept_module_imports_in_a_function_is_kept_at_any_depth(library: Library, tmp_path: Path) -> None:
    kept = reachable(library, said(tmp_path, OURS))
    assert {"msgraph.models.user", "msgraph.models.manager", "msgraph.models.badge", "msgraph.models"} <= kept


def test_what_is_imported_for_types_alone_or_by_nobody_is_not(library: Library, tmp_path: Path) -> None:
    kept = reachable(library, said(tmp_path, OURS))
    assert kept.isdisjoint({"msgraph.models.only_a_type", "msgraph.models.nobody"})


CLEAN = {"name": "httpx", "version": "0.28.1", "vulns": []}
SKIPPED = {"name": "kiota", "skip_reason": "not found"}
FOUND = {"name": "aiohttp", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}


@pytest.mark.parametrize(
    ("dependencies", "status"),
    [
        ([CLEAN], Status.CLEAN),
        ([CLEAN, FOUND], Status.FOUND),
        ([FOUND, SKIPPED], Status.FOUND),
        ([CLEAN, SKIPPED], Status.NOT_CHECKED),
        ([], Status.NOT_CHECKED),
    ],
)
def test_what_was_not_checked_is_not_clean(dependencies: list[dict[str, object]], status: Status) -> None:
    answer = judged(dependencies)
    assert answer.status is status
    assert answer.lines


def test_a_finding_names_the_version_that_mends_it() -> None:
    assert judged([FOUND]).lines == ("aiohttp 1.0: CVE-1, mended in 1.1",)
