"""The script that sends a first request, against the stack of this machine."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from scripts import send_request
from tests.e2e.conftest import Company

pytestmark = pytest.mark.e2e


def written(folder: Path, **fields: Any) -> str:
    path = folder / "request.json"
    request = {
        "requestId": "SENT-1",
        "operation": "set",
        "user": {"userPrincipalName": "Nora@contoso.example"},
        "phoneNumber": "+49 1512345 9901",
        "requestedBy": "workday",
        "reason": "INC-1",
        **fields,
    }
    path.write_text(json.dumps({name: value for name, value in request.items() if value is not None}), encoding="utf-8")
    return str(path)


@pytest.mark.asyncio(loop_scope="session")
async def test_a_request_that_is_sent_comes_to_its_outcome(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ServiceBusConnection", company.stack.service_bus)
    before = await company.phones("nora")
    status = await asyncio.to_thread(send_request.main, [written(tmp_path), "--dry-run"])
    told = capsys.readouterr().out
    assert (status, told.split(" Trace")[0]) == (0, "Sent SENT-1 (dry run: everything but the write).")
    outcome = await company.outcome("SENT-1")
    assert (outcome["outcome"], outcome["code"]) == ("planned", "would_replace")
    # Its message id and its session are those of the contract.
    assert not {"message_id_mismatch", "session_mismatch"} & set(outcome["warnings"])
    assert await company.phones("nora") == before


def test_a_request_that_does_not_fit_the_contract_is_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ServiceBusConnection", "Endpoint=sb://nowhere;SharedAccessKeyName=a;SharedAccessKey=Yg==")
    assert send_request.main([written(tmp_path, phoneNumber=None)]) == send_request.EXIT_FAULTY
    assert "phoneNumber is required for set" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["[]", "no json", '{"requestId": '])
def test_what_is_no_object_is_told_in_one_line(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "request.json"
    path.write_text(content, encoding="utf-8")
    assert send_request.main([str(path)]) == send_request.EXIT_NOT_SENT
    assert capsys.readouterr().err.startswith("It was not sent: ")


def test_without_a_namespace_nothing_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ServiceBusConnection", raising=False)
    monkeypatch.delenv("ServiceBusConnection__fullyQualifiedNamespace", raising=False)
    assert send_request.main([written(tmp_path)]) == send_request.EXIT_NOT_SENT
    assert "--namespace" in capsys.readouterr().err
