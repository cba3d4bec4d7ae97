import json
from datetime import timedelta
from pathlib import Path

import pytest

from local.host.host_json import HostOptions, read_host_json
from local.serving import CannotStartError


def read(directory: Path, content: object) -> HostOptions:
    (directory / "host.json").write_text(json.dumps(content))
    return read_host_json(directory)


def with_service_bus(**settings: object) -> dict[str, object]:
    return {"version": "2.0", "extensions": {"serviceBus": settings}}


def test_the_defaults_are_the_documented_ones(tmp_path: Path) -> None:
    options = read(tmp_path, {"version": "2.0"})
    assert options.function_timeout == timedelta(minutes=30)
    service_bus = options.service_bus
    assert service_bus.prefetch_count == 0
    assert service_bus.auto_complete_messages
    assert service_bus.max_auto_lock_renewal_duration == timedelta(minutes=5)
    assert service_bus.max_concurrent_calls % 16 == 0
    assert service_bus.max_concurrent_sessions == 8
    assert service_bus.session_idle_seconds == 60


def test_every_setting_that_counts_here_is_read(tmp_path: Path) -> None:
    content = with_service_bus(
        prefetchCount=5,
        transportType="amqpWebSockets",
        autoCompleteMessages=False,
        maxAutoLockRenewalDuration="00:10:00",
        maxConcurrentCalls=3,
        maxConcurrentSessions=16,
        sessionIdleTimeout="00:00:05",
    )
    options = read(tmp_path, content | {"functionTimeout": "00:09:00"})
    assert options.function_timeout == timedelta(minutes=9)
    service_bus = options.service_bus
    assert service_bus.prefetch_count == 5
    assert service_bus.transport_type == "amqpWebSockets"
    assert not service_bus.auto_complete_messages
    assert service_bus.max_auto_lock_renewal_duration == timedelta(minutes=10)
    assert service_bus.max_concurrent_calls == 3
    assert service_bus.max_concurrent_sessions == 16
    assert service_bus.session_idle_seconds == 5


def test_without_an_idle_time_a_session_is_held_for_the_sdk_s_try_timeout(tmp_path: Path) -> None:
    options = read(tmp_path, with_service_bus(clientRetryOptions={"tryTimeout": "00:00:20", "maxRetries": 1}))
    assert options.service_bus.session_idle_seconds == 20


def test_minus_one_is_an_unbounded_function_and_an_endless_renewal(tmp_path: Path) -> None:
    content = with_service_bus(maxAutoLockRenewalDuration="-00:00:00.0010000") | {"functionTimeout": "-1"}
    options = read(tmp_path, content)
    assert options.function_timeout is None
    assert options.service_bus.max_auto_lock_renewal_duration is None


def test_what_concerns_the_host_in_azure_only_is_passed_over(tmp_path: Path) -> None:
    content = {"version": "2.0", "telemetryMode": "OpenTelemetry", "logging": {}, "extensions": {"queues": {"x": 1}}}
    assert read(tmp_path, content).service_bus.max_concurrent_sessions == 8


def test_every_fault_is_named_in_one_sentence(tmp_path: Path) -> None:
    content = with_service_bus(maxConcurrentSessons=4, sessionHandlerOptions={}, maxConcurrentCalls="16")
    with pytest.raises(CannotStartError) as refusal:
        read(tmp_path, content | {"functionTimeout": "soon"})
    sentence = str(refusal.value)
    assert "functionTimeout: 'soon' is not a TimeSpan such as 00:05:00" in sentence
    assert "extensions.serviceBus.maxConcurrentSessons is not a known setting" in sentence
    assert "sessionHandlerOptions is not a known setting (version 5 of the extension ignores it)" in sentence
    assert "extensions.serviceBus.maxConcurrentCalls: Input should be a valid integer" in sentence


@pytest.mark.parametrize("settings", [{"maxConcurrentSessions": 0}, {"maxConcurrentCallsPerSession": 2}])
def test_a_figure_that_cannot_be_played_is_refused(tmp_path: Path, settings: dict[str, int]) -> None:
    with pytest.raises(CannotStartError, match=f"extensions.serviceBus.{next(iter(settings))}: Input should be"):
        read(tmp_path, with_service_bus(**settings))


def test_a_negative_duration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotStartError, match="functionTimeout: must not be negative"):
        read(tmp_path, {"version": "2.0", "functionTimeout": "-00:05:00"})


def test_a_file_that_is_not_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text("{")
    with pytest.raises(CannotStartError, match=r"host\.json is not valid: Invalid JSON"):
        read_host_json(tmp_path)


def test_a_directory_without_host_json_is_no_function_app(tmp_path: Path) -> None:
    with pytest.raises(CannotStartError, match=r"There is no host\.json in"):
        read_host_json(tmp_path)


def test_an_old_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotStartError, match=r"version: Input should be '2\.0'"):
        read(tmp_path, {"version": "1.0"})
