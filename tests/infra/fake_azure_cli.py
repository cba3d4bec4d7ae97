"""An `az` for the tests of scripts: it answers from a folder, and writes down what it was asked."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# Kept short: it plays four services, each just as far as the scripts ask for it.
_PROGRAM = """#!{python}
import json, pathlib, sys
state = pathlib.Path({state!r})
told = json.loads(state.read_text())
args = sys.argv[1:]
option = lambda name: args[args.index(name) + 1] if name in args else ""
told["calls"].append(args)
def end(text="", status=0, fault=""):
    state.write_text(json.dumps(told))
    sys.stdout.write(text + ("\\n" if text else ""))
    sys.stderr.write(fault)
    sys.exit(status)
def secret():
    name = option("--name")
    if told["forbidden"] > 0:
        told["forbidden"] -= 1
        end(status=1, fault="(Forbidden) Caller is not authorized")
    if args[2] == "set":
        told["secrets"][name] = pathlib.Path(option("--file")).read_text()
        end()
    if name not in told["secrets"]:
        end(status=3, fault="(SecretNotFound) A secret was not found")
    end(told["secrets"][name])
def graph():
    url, principal = option("--url"), ""
    if "appId=" in url:
        end("resource-1")
    if "configreferences" in url:
        end(told["reference"] if option("--method") == "get" else "")
    principal = url.split("/servicePrincipals/")[1].split("/")[0].split("?")[0]
    if option("--method") == "post":
        told["granted"].setdefault(principal, []).append(json.loads(option("--body"))["appRoleId"])
        end()
    if "appRoleAssignments" in url and "!=" in option("--query"):
        end(told["elsewhere"].get(principal, ""))
    if "appRoleAssignments" in url:
        end("\\n".join(told["granted"].get(principal, [])))
    if principal not in told["kinds"]:
        end(status=1, fault="Not Found")
    end(told["kinds"][principal])
if args[:2] == ["account", "show"]:
    end(status=0 if told["signed_in"] else 1)
if args[:2] == ["cloud", "show"]:
    end("https://graph.microsoft.com/")
if args[:2] == ["keyvault", "secret"]:
    secret()
if args[0] == "rest":
    graph()
if args[:2] == ["functionapp", "show"]:
    end("/subscriptions/s/app")
if args[:4] == ["functionapp", "config", "appsettings", "list"]:
    end(told["previous_setting"])
end()
"""


@dataclass
class FakeAzure:
    """The folder, with a state that tests set and look at."""

    folder: Path

    @property
    def state(self) -> Path:
        """The file of what it knows and of what it was asked."""
        return self.folder / "state.json"

    def install(self, **told: object) -> None:
        """Writes the program and what it knows."""
        state = {"calls": [], "signed_in": True, "granted": {}, "kinds": {}, "secrets": {}, "forbidden": 0}
        state |= {"previous_setting": "", "reference": "", "elsewhere": {}}
        self.state.write_text(json.dumps({**state, **told}), encoding="utf-8")
        program = self.folder / "az"
        program.write_text(_PROGRAM.format(python=sys.executable, state=str(self.state)), encoding="utf-8")
        program.chmod(0o755)

    def told(self, name: str) -> object:
        """Gives a part of the state as it is now."""
        return json.loads(self.state.read_text(encoding="utf-8"))[name]

    def calls(self) -> list[list[str]]:
        """Gives the arguments of every call."""
        calls: list[list[str]] = json.loads(self.state.read_text(encoding="utf-8"))["calls"]
        return calls

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs a script with this `az` before any other one."""
        path = f"{self.folder}{os.pathsep}{os.environ['PATH']}"
        given = {**os.environ, "PATH": path, "PYTHON": sys.executable, **environment}
        command = ["sh", str(ROOT / "scripts" / script), *arguments]
        return subprocess.run(command, env=given, capture_output=True, text=True, check=False)  # noqa: S603 - our own
