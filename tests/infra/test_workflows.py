"""The workflows ask for no more rights than they need, and run only what is there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
# What GitHub calls the triggers; YAML 1.1 reads the bare word as true.
ON = True
# GitHub's own token is not among the secrets that somebody keeps.
SECRET = re.compile(r"\bsecrets\b", re.IGNORECASE)
PINNED = re.compile(r"^[\w./-]+@[0-9a-f]{40}$")
RIGHTS = {"contents": {"read"}, "actions": {"read"}, "id-token": {"write"}}


def read(path: Path) -> dict[Any, Any]:
    document: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in read(path)["jobs"].items():
            yield f"{path.name}: {name}", job


def deploy() -> dict[Any, Any]:
    return read(ROOT / ".github" / "workflows" / "deploy.yml")


def steps_of(job: dict[str, Any]) -> str:
    return "\n".join(str(step.get("run", "")) for step in job["steps"])


def test_there_are_a_workflow_that_builds_and_one_that_deploys() -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "deploy.yml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_right_that_a_job_does_not_ask_for(path: Path) -> None:
    document = read(path)
    assert document["permissions"] == {}
    assert "concurrency" in document
    assert document["defaults"] == {"run": {"shell": "bash"}}


@pytest.mark.parametrize(("name", "job"), list(jobs()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_job_names_its_rights_and_its_longest_time(name: str, job: dict[str, Any]) -> None:
    assert job["timeout-minutes"] <= 60, name
    assert job["permissions"], name
    for right, level in job["permissions"].items():
        assert level in RIGHTS.get(right, set()), (name, right)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_nobody_keeps_a_secret_for_a_workflow(path: Path) -> None:
    assert not SECRET.search(path.read_text(encoding="utf-8").replace("no secret at all", ""))


@pytest.mark.parametrize(("name", "job"), list(jobs()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_action_is_pinned_to_a_commit(name: str, job: dict[str, Any]) -> None:
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert used, name
    assert [action for action in used if not PINNED.match(action)] == []


@pytest.mark.parametrize(("name", "job"), list(jobs()), ids=lambda value: value if isinstance(value, str) else "")
def test_only_commands_that_are_there_are_run(name: str, job: dict[str, Any]) -> None:
    text, makefile = steps_of(job), (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= targets, name
    for module in set(re.findall(r"python -m ([\w.]+)", text)) - {"venv", "pip"}:
        place = ROOT.joinpath(*module.split("."))
        assert place.with_suffix(".py").exists() or (place / "__main__.py").exists(), module
    for file in re.findall(r"\b(?:bicep|functions|scripts)/[\w./-]+\.\w+\b", text):
        assert (ROOT / file).exists(), file


@pytest.mark.parametrize(("name", "job"), list(jobs()), ids=lambda value: value if isinstance(value, str) else "")
def test_what_a_person_typed_never_becomes_part_of_a_script(name: str, job: dict[str, Any]) -> None:
    """An input that is pasted into a script is a script."""
    assert "${{" not in steps_of(job), name


@pytest.mark.parametrize(("name", "job"), list(jobs()), ids=lambda value: value if isinstance(value, str) else "")
def test_only_a_job_of_an_environment_gets_an_identity(name: str, job: dict[str, Any]) -> None:
    if job["permissions"].get("id-token") == "write":
        assert str(job["environment"]).startswith("${{ inputs.environment }}"), name


def test_a_deployment_waits_for_the_look_at_what_would_change() -> None:
    document = deploy()
    assert document["jobs"]["deploy"]["needs"] == "plan"
    assert document["jobs"]["plan"]["environment"] != document["jobs"]["deploy"]["environment"]
    assert "what-if" in steps_of(document["jobs"]["plan"])
    assert set(document[ON]) == {"workflow_dispatch"}


def test_both_jobs_read_the_same_parameters() -> None:
    """What was looked at is what is deployed."""
    plan, deployment = (deploy()["jobs"][name]["env"] for name in ("plan", "deploy"))
    assert plan == deployment
    parameters = (ROOT / "bicep" / "main.bicepparam").read_text(encoding="utf-8")
    known = set(re.findall(r"readEnvironmentVariable\('(\w+)'", parameters))
    # Who may put the key of the number hashes into the vault is nothing for a pipeline.
    assert plan.keys() | deploy()["env"].keys() == known - {"KEY_OFFICERS"}
    assert set(re.findall(r"readEnvironmentVariable\('(\w+)'\)", parameters)) <= plan.keys() | deploy()["env"].keys()


def test_the_package_is_compared_with_the_approved_hash_before_anything_is_changed() -> None:
    names = [str(step.get("run", step.get("uses"))) for step in deploy()["jobs"]["deploy"]["steps"]]
    places = [
        next(place for place, text in enumerate(names) if word in text)
        for word in ("sha256sum --check", "azure/login@", "az deployment sub create", "config-zip", "function list")
    ]
    assert places == sorted(places)


def test_only_a_package_of_a_run_that_passed_on_main_is_taken() -> None:
    text = steps_of(deploy()["jobs"]["plan"])
    assert ".github/workflows/ci.yml main push success" in text
    assert '"$GITHUB_REF" = refs/heads/main' in text
    assert "/compare/$sha...$GITHUB_SHA" in text, "a tag may be called main as well"
    assert "$RUN =~ ^[0-9]+$" in text


def test_nothing_is_installed_beside_the_identity_that_deploys() -> None:
    jobs = deploy()["jobs"]
    assert not re.search(r"\b(pip|npm|make|uv)\b", steps_of(jobs["deploy"]))
    assert jobs["smoke"]["environment"] != jobs["deploy"]["environment"]
    places = [str(step.get("run", step.get("uses"))) for step in jobs["smoke"]["steps"]]
    install = next(place for place, text in enumerate(places) if "pip install" in text)
    assert install < next(place for place, text in enumerate(places) if "azure/login@" in text)


def test_the_look_ahead_asks_for_no_rights_to_write() -> None:
    assert "--validation-level ProviderNoRbac" in steps_of(deploy()["jobs"]["plan"])


def test_ci_keeps_the_package_with_its_hash_and_its_bill() -> None:
    job = read(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["package"]
    kept = next(step["with"]["path"] for step in job["steps"] if "upload-artifact" in step.get("uses", ""))
    assert [Path(line).suffix for line in kept.split()] == [".zip", ".sha256", ".json"]
    assert {"check", "test"} == set(job["needs"])
    assert "scripts.package audit" in steps_of(job)
