"""A headless Chromium that is spoken to by its own protocol (https://chromedevtools.github.io/devtools-protocol)."""

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
_LISTENS = b"DevTools listening on "
_LONGEST = 60.0


@dataclass
class Tab:
    """One tab."""

    socket: aiohttp.ClientWebSocketResponse
    # What the page logged, among it what its policy of contents forbade.
    logged: list[str] = field(default_factory=list)
    _loads: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Calls a method and gives its result."""
        number = next(self._numbers)
        await self.socket.send_json({"id": number, "method": method, "params": params})
        while True:
            message = await self.socket.receive_json(timeout=_LONGEST)
            self._note(message)
            if message.get("id") == number:
                if "error" in message:
                    raise AssertionError(message["error"])
                result: dict[str, Any] = message["result"]
                return result

    def _note(self, message: dict[str, Any]) -> None:
        if message.get("method") == "Page.loadEventFired":
            self._loads += 1
        if message.get("method") == "Log.entryAdded":
            self.logged.append(message["params"]["entry"]["text"])
        if message.get("method") == "Runtime.exceptionThrown":
            self.logged.append(str(message["params"]["exceptionDetails"]))

    async def open(self, file: Path, *, width: int = 1280, height: int = 900, fragment: str = "") -> None:
        """Opens a file and waits until it is loaded."""
        for domain in ("Page", "Runtime", "Log"):
            await self.call(f"{domain}.enable")
        await self.size(width, height)
        for url in ("about:blank", f"{file.as_uri()}{fragment}"):
            loads = self._loads
            await self.call("Page.navigate", url=url)
            while self._loads == loads:
                self._note(await self.socket.receive_json(timeout=_LONGEST))

    async def size(self, width: int, height: int) -> None:
        """Gives the tab a size."""
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    async def media(self, medium: str = "", **features: str) -> None:
        """Emulates a medium and what a user prefers, such as `prefers_color_scheme="dark"`."""
        told = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        await self.call("Emulation.setEmulatedMedia", media=medium, features=told)

    async def run(self, expression: str) -> Any:
        """Gives the value of an expression, also of one that is promised."""
        answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    async def picture(self) -> bytes:
        """Gives a picture of what the tab shows, as PNG."""
        answer = await self.call("Page.captureScreenshot", format="png")
        return base64.b64decode(answer["data"])

    async def pdf(self) -> bytes:
        """Prints the page on A4."""
        answer = await self.call(
            "Page.printToPDF", printBackground=False, preferCSSPageSize=True, paperWidth=8.27, paperHeight=11.69
        )
        return base64.b64decode(answer["data"])


@dataclass
class Browser:
    """A browser that runs; every tab is a new one."""

    session: aiohttp.ClientSession
    address: str

    @asynccontextmanager
    async def tab(self) -> AsyncIterator[Tab]:
        """Opens a tab, and closes it."""
        async with self.session.put(f"http://{self.address}/json/new?about:blank") as answer:
            made = await answer.json()
        async with self.session.ws_connect(made["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            yield Tab(socket)
        async with self.session.get(f"http://{self.address}/json/close/{made['id']}") as answer:
            await answer.read()


@asynccontextmanager
async def chromium(profile: Path) -> AsyncIterator[Browser]:
    """Starts a browser with a profile of its own, and ends it."""
    assert CHROMIUM
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", "about:blank", stderr=asyncio.subprocess.PIPE
    )
    try:
        assert process.stderr
        address = await asyncio.wait_for(_address(process.stderr), _LONGEST)
        # Whatever it goes on to say must not fill the pipe.
        drain = asyncio.create_task(process.stderr.read())
        async with aiohttp.ClientSession() as session:
            yield Browser(session, address)
    finally:
        process.terminate()
        await process.wait()
    await drain


async def _address(told: asyncio.StreamReader) -> str:
    """Gives the host and port at which a browser listens, which it says when it does."""
    async for line in told:
        if line.startswith(_LISTENS):
            return line.removeprefix(_LISTENS).decode().strip().split("/")[2]
    message = "Chromium ended before it listened"
    raise AssertionError(message)
