"""Installs the pinned dependencies as Azure runs them, whatever machine this is."""

import subprocess
import sys
from pathlib import Path
from typing import Final

# Flex Consumption: Linux on x86-64. https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan
PLATFORM: Final = "x86_64-manylinux_2_28"
PYTHON: Final = "3.13"


class CannotInstallError(Exception):
    """The dependencies cannot be had; the message is the installer's own."""


def install(requirements: Path, target: Path) -> None:
    """Installs exactly what is pinned, from wheels alone: nothing is built here. Raises CannotInstallError."""
    command = [
        *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"),
        *("--python-platform", PLATFORM, "--python-version", PYTHON, "--link-mode", "copy"),
        *("--target", str(target), "--requirement", str(requirements)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter
    if done.returncode:
        message = f"The dependencies could not be installed:\n{done.stderr.strip()}"
        raise CannotInstallError(message)
