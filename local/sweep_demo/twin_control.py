"""What people and attackers do in Graph by themselves, done to its twin: register a passkey, take over a number."""

from collections.abc import Mapping
from typing import Any, Self

import httpx

from local.stack import Stack


class TwinControl:
    """The twin's own side; not part of Graph."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    @classmethod
    def of(cls, stack: Stack) -> Self:
        """Gives the control side of a running stack's twin; close it after use."""
        return cls(httpx.AsyncClient(base_url=stack.graph_url.removesuffix("/v1.0"), timeout=60.0))

    async def register(self, user_id: str, method: str) -> None:
        """Lets somebody register a method."""
        (await self._http.post(f"/_twin/users/{user_id}/methods", json=method)).raise_for_status()

    async def put_phone(self, user_id: str, number: str) -> None:
        """Gives somebody another mobile number, behind the product's back."""
        path = f"/_twin/users/{user_id}/phones/mobile"
        (await self._http.put(path, json={"phoneNumber": number})).raise_for_status()

    async def turn(self, switches: Mapping[str, Any]) -> None:
        """Turns switches of the twin; the others stay."""
        (await self._http.put("/_twin/graph", json=dict(switches))).raise_for_status()

    async def forget_requests(self) -> None:
        """Begins to count anew."""
        (await self._http.delete("/_twin/requests")).raise_for_status()

    async def counts(self) -> dict[str, Any]:
        """Gives how many requests of each kind there were, and how many were throttled."""
        told: dict[str, Any] = (await self._http.get("/_twin/counts")).raise_for_status().json()
        return told

    async def close(self) -> None:
        """Closes the connection."""
        await self._http.aclose()
