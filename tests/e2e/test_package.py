"""What is deployed is built from the pins, is the same each time, and works: indexed and run by Azure's own worker."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient

from local.children import Child, Program
from local.stack import Stack, StackOptions, running_stack
from scripts.package.build import Built, NotOursError, build
from scripts.package.contents import LEFT_OUT, SITE_PACKAGES, our_files
from tests.e2e.conftest import tenant
from tests.unit.test_settings import GOOD

ROOT = Path(__file__).parent.parent.parent
INPUTS = ("requirements.txt", "pyproject.toml")
MODULES = """
import json, sys, importlib, pkgutil
import function_app, shared
for found in pkgutil.walk_packages(shared.__path__, "shared."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
print(json.dumps({name: getattr(module, "__file__", None) for name, module in sys.modules.items()}))
"""
EVERY_MODULE_OF_THE_SDK = """
import importlib, pathlib, warnings
warnings.simplefilter("ignore")
site = pathlib.Path(sys.path[0])
for file in (site / "msgraph").rglob("*.py"):
    importlib.import_module(".".join(file.relative_to(site).with_suffix("").parts).removesuffix(".__init__"))
"""
A_WAY_THAT_NOBODY_TAKES = """
from msgraph.graph_service_client import GraphServiceClient
getattr(GraphServiceClient(credentials=object()), "drives")
"""
CONTRACTS = """
import sys, pytest
status = pytest.main(sys.argv[2:])
packages = ("msgraph", "msgraph_core", "kiota_abstractions", "kiota_http", "httpx", "pydantic")
loaded = [module.__file__ for name, module in sys.modules.items() if name.split(".")[0] in packages and module.__file__]
elsewhere = [file for file in loaded if not file.startswith(sys.argv[1])]
sys.exit(status or "\\n".join(elsewhere) or (not loaded and "nothing was loaded") or 0)
"""
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="the package holds binaries for Linux"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(ROOT, tmp_path_factory.mktemp("dist"))


def paths(built: Built) -> list[str]:
    return [str(built.app / SITE_PACKAGES), str(built.app)]


def test_the_same_input_gives_the_same_bytes_in_another_place(built: Built, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "checkout"
    for name in [*our_files(ROOT), *map(Path, INPUTS)]:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy / name)
    again = build(copy, tmp_path / "out")
    assert again.digest == built.digest
    assert again.bill.read_bytes() == built.bill.read_bytes()
    assert again.package.with_name(again.package.name + ".sha256").read_text(encoding="utf-8").startswith(built.digest)


def test_a_folder_that_no_build_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(NotOursError, match="left alone"):
        build(ROOT, tmp_path)
    assert (tmp_path / "app" / "thesis.txt").exists()


def test_a_build_that_is_cut_off_leaves_no_zip_of_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "mfa-phone-change.zip").write_bytes(b"an earlier build")
    monkeypatch.setattr("scripts.package.build.install", cut_off)
    with pytest.raises(KeyboardInterrupt):
        build(ROOT, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".mfa-phone-change-package"]


def test_nothing_of_the_machine_or_the_time_of_the_build_is_in_it(built: Built) -> None:
    place = str(built.app.parent).encode()
    with zipfile.ZipFile(built.package) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert [name for name in packed.namelist() if place in packed.read(name)] == []
        names = packed.namelist()
    assert {"function_app.py", "host.json", "policy.json"} <= set(names)
    assert [name for name in names if "local" in name.split("/")[:1] or name.endswith("local.settings.json")] == []
    assert [name for name in names for left in LEFT_OUT if f"/{left}/" in name] == []


def test_only_a_part_of_the_graph_sdk_is_shipped(built: Built) -> None:
    files = list((built.app / SITE_PACKAGES / "msgraph").rglob("*.py"))
    assert 500 < len(files) < 5000
    assert built.bytes < 60_000_000


def test_every_module_has_its_bytecode(built: Built) -> None:
    sources = list(built.app.rglob("*.py"))
    assert [
        str(each) for each in sources if not list(each.parent.glob(f"__pycache__/{each.stem}.cpython-313.pyc"))
    ] == []


def test_the_bill_lists_what_is_in_the_package_and_nothing_else(built: Built) -> None:
    bill = json.loads(built.bill.read_text(encoding="utf-8"))
    pinned = dict(re.findall(r"^([a-z0-9-]+)==(\S+)(?! ; sys_platform == 'win32')", _pins(), re.MULTILINE))
    listed = {each["name"]: each["version"] for each in bill["components"]}
    assert listed == pinned
    assert (bill["specVersion"], "timestamp" in bill["metadata"]) == ("1.6", False)
    unlicensed = [each["name"] for each in bill["components"] if not each.get("licenses")]
    assert len(unlicensed) < len(listed) / 10


def _pins() -> str:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if "win32" not in line)


def test_all_our_modules_load_from_the_package_alone(built: Built) -> None:
    """Without the packages of development: what they alone bring would be missing in Azure."""
    done = _in_the_package(built, MODULES)
    assert done.returncode == 0, done.stderr
    files: dict[str, str | None] = json.loads(done.stdout)
    for name in ("shared.composition", "functions.process_change", "msgraph", "azure.servicebus", "pydantic"):
        assert (files[name] or "").startswith(str(built.app)), name
    assert not any("phonenumbers.geocoder" in name for name in files)


def _in_the_package(built: Built, program: str) -> subprocess.CompletedProcess[str]:
    """Runs a program that sees the package and Python's own library alone."""
    whole = f"import sys; sys.path[:0] = {paths(built)!r}\n{program}"
    return subprocess.run(  # noqa: S603 - our own interpreter and our own code
        [sys.executable, "-I", "-S", "-c", whole],
        cwd=built.app, env=dict(GOOD), capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_every_module_of_the_graph_sdk_that_is_shipped_finds_what_it_imports(built: Built) -> None:
    done = _in_the_package(built, EVERY_MODULE_OF_THE_SDK)
    assert done.returncode == 0, done.stderr


def test_a_module_of_the_graph_sdk_that_is_not_shipped_is_named_when_it_is_missed(built: Built) -> None:
    done = _in_the_package(built, A_WAY_THAT_NOBODY_TAKES)
    assert "ModuleNotFoundError: No module named 'msgraph.generated.drives" in done.stderr


@pytest.mark.long
def test_every_contract_of_our_graph_calls_holds_with_the_packages_libraries(built: Built) -> None:
    """The suites of the adapters run again, with the part of the SDK that is shipped and no other."""
    suites = [f"tests/contract/{name}" for name in ("directory", "sweep_graph")]
    command = [
        sys.executable,
        "-P",
        "-c",
        CONTRACTS,
        str(built.app),
        "-q",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        *suites,
    ]
    environment = {
        "PYTHONPATH": str(built.app / SITE_PACKAGES),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter
    assert done.returncode == 0, done.stdout + done.stderr


async def test_a_change_is_carried_out_by_the_package_in_azures_own_worker(built: Built, tmp_path: Path) -> None:
    (tmp_path / "tenant.json").write_text(json.dumps(tenant()), encoding="utf-8")
    options = StackOptions(tmp_path / "tenant.json", tmp_path, settings={"POLICY_PATH": "policy.json"}, with_host=False)
    async with running_stack(options) as stack, AsyncExitStack() as running:
        child, ready = await Child.start(_host(built, stack.settings), stack.logs)
        running.push_async_callback(child.stop)
        assert "process_change" in ready[0]
        libraries = Path(f"/proc/{child.process.pid}/maps").read_text(encoding="utf-8")  # noqa: ASYNC240 - no disk
        assert str(built.app / SITE_PACKAGES / "cryptography") in libraries
        event = await _changed(stack)
    assert (event["outcome"], event["code"]) == ("changed", "replaced")


def _host(built: Built, settings: Mapping[str, str]) -> Program:
    """Gives the host with the package before everything else; what it needs for itself comes after."""
    environment = {**settings, "PYTHONPATH": ":".join([*paths(built), str(ROOT)])}
    command = [sys.executable, "-P", "-m", "local.host", "--app", str(built.app)]
    return Program(
        "packaged-host", command, re.compile(r"^Functions host runs (?P<url>.+)$", re.MULTILINE), environment
    )


async def _changed(stack: Stack) -> dict[str, Any]:
    request = {
        "requestId": "PKG-1",
        "operation": "set",
        "user": {"userPrincipalName": "anna@contoso.example"},
        "phoneNumber": "+49 1512 9876543",
        "requestedBy": "workday",
        "reason": "INC-1",
        "requestedAt": datetime.now(UTC).isoformat(),
    }
    async with ServiceBusClient.from_connection_string(stack.service_bus) as bus:
        async with bus.get_queue_sender("phone-changes") as sender:
            body = json.dumps(request)
            await sender.send_messages(ServiceBusMessage(body, message_id="PKG-1", session_id="anna@contoso.example"))
        async with bus.get_subscription_receiver("phone-events", "audit", max_wait_time=60) as receiver:
            async with asyncio.timeout(90):
                async for message in receiver:
                    data: dict[str, Any] = json.loads(b"".join(message.body))["data"]
                    return data
    pytest.fail("no event came")
