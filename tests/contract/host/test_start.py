"""What keeps the host from starting is one sentence on stderr and exit status 2, with nothing left running."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NOWHERE = "Endpoint=sb://127.0.0.1:9;SharedAccessKeyName=k;SharedAccessKey=a2V5;UseDevelopmentEmulator=true"
HOST_JSON = '{"version": "2.0"}'
APP = """
import azure.functions as func
app = func.FunctionApp()

@app.service_bus_queue_trigger("msg", connection="Bus", queue_name="{queue}")
async def f(msg: func.ServiceBusMessage) -> None: ...
"""
LIST_ANNOTATION = """
import azure.functions as func
app = func.FunctionApp()

@app.service_bus_queue_trigger("msg", connection="Bus", queue_name="q", cardinality="many")
async def f(msg: list[func.ServiceBusMessage]) -> None: ...
"""
HTTP_APP = """
import azure.functions as func
app = func.FunctionApp()

@app.route("x")
async def f(req: func.HttpRequest) -> str: ...
"""


def start(app: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "local.host", "--app", str(app), *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": "", **environment},
        timeout=60,
        check=False,
    )


def app_with(directory: Path, script: str | None = None, host_json: str = HOST_JSON) -> Path:
    (directory / "host.json").write_text(host_json)
    if script is not None:
        (directory / "function_app.py").write_text(script)
    return directory


@pytest.mark.parametrize(
    ("script", "host_json", "sentence"),
    [
        pytest.param(
            None,
            '{"version": "2.0", "extensions": {"serviceBus": {"maxConcurrentSesions": 1}}}',
            "extensions.serviceBus.maxConcurrentSesions is not a known setting",
            id="unknown setting",
        ),
        pytest.param(None, HOST_JSON, "There are no functions in", id="no script"),
        pytest.param(
            "import nonsense_that_is_not_there",
            HOST_JSON,
            "cannot be indexed: ModuleNotFoundError: No module named 'nonsense_that_is_not_there'",
            id="import fails",
        ),
        pytest.param("x = 1", HOST_JSON, "Could not find top level function app instances", id="no app"),
        pytest.param(
            LIST_ANNOTATION,
            HOST_JSON,
            "FunctionLoadError: cannot load the f function: binding msg has invalid non-type annotation",
            id="the worker refuses an annotation",
        ),
        pytest.param(HTTP_APP, HOST_JSON, "Function f has a binding of type httpTrigger", id="HTTP"),
        pytest.param(
            APP.format(queue="%QUEUE%"),
            HOST_JSON,
            "The queueName of function f needs the setting QUEUE, which is not set",
            id="missing setting",
        ),
        pytest.param(
            APP.format(queue="q"), HOST_JSON, "The connection Bus is not set: neither Bus nor", id="missing connection"
        ),
    ],
)
def test_a_fault_of_the_app_is_one_sentence(tmp_path: Path, script: str | None, host_json: str, sentence: str) -> None:
    result = start(app_with(tmp_path, script, host_json))
    assert result.returncode == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_a_service_bus_that_cannot_be_reached_is_one_sentence(tmp_path: Path) -> None:
    result = start(app_with(tmp_path, APP.format(queue="q")), Bus=NOWHERE)
    assert result.returncode == 2
    assert "Function f cannot listen: Service Bus at 127.0.0.1:9 cannot be reached" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_settings_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    result = start(app_with(tmp_path, APP.format(queue="q")), "--settings", str(tmp_path / "none.json"))
    assert result.returncode == 2
    assert "none.json cannot be read" in result.stderr


def test_the_settings_of_the_app_s_directory_are_found_without_being_asked_for(tmp_path: Path) -> None:
    app = app_with(tmp_path, APP.format(queue="%QUEUE%"))
    (app / "local.settings.json").write_text('{"Values": {"QUEUE": "q", "Bus": ""}}')
    assert "The setting Bus is empty" in start(app).stderr


def test_help_says_what_the_options_are(tmp_path: Path) -> None:
    result = start(tmp_path, "--help")
    assert result.returncode == 0
    assert all(option in result.stdout for option in ("--app", "--settings", "--log-level"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_host_with_timers_only_needs_no_service_bus_and_stops_at_once(tmp_path: Path, number: int) -> None:
    script = "import azure.functions as func\napp = func.FunctionApp()\n"
    script += '@app.timer_trigger("timer", schedule="0 0 0 1 1 *")\ndef yearly(timer: func.TimerRequest) -> None: ...\n'
    command = [sys.executable, "-m", "local.host", "--app", str(app_with(tmp_path, script))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as host:  # noqa: S603 - our own program
        assert host.stdout is not None
        assert host.stdout.readline() == "Functions host runs 1 functions: yearly\n"
        started = time.monotonic()
        host.send_signal(number)
        assert host.wait(60) == 0
    assert time.monotonic() - started < 10
