"""A stand-in for Application Insights that counts what is sent to it: telemetry items, their kinds, and their bytes."""

import gzip
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.asgi import serving

REQUEST: Final = "RequestData"
DEPENDENCY: Final = "RemoteDependencyData"
METRIC: Final = "MetricData"
# A key of nobody's: the exporter demands one.
_KEY: Final = "00000000-0000-0000-0000-000000000001"
# Closed, so that live metrics, which nobody looks at here, go nowhere.
_NOWHERE: Final = "http://127.0.0.1:1"


@dataclass(slots=True)
class Ingested:
    """What came in."""

    items: list[Mapping[str, Any]] = field(default_factory=list)

    def clear(self) -> None:
        """Forgets what came so far."""
        self.items.clear()

    def bytes_of(self, *, metrics: bool) -> int:
        """Gives the size of the items as JSON, either of the metrics or of everything else."""
        return sum(len(json.dumps(item)) for item in self.items if (_kind(item) == METRIC) is metrics)

    def kinds(self) -> Counter[str]:
        """Counts the items by kind."""
        return Counter(map(_kind, self.items))

    def named(self, kind: str, prefix: str) -> list[Mapping[str, Any]]:
        """Gives the content of the items of a kind whose name begins so."""
        found = [item["data"]["baseData"] for item in self.items if _kind(item) == kind]
        return [content for content in found if content["name"].startswith(prefix)]


def seconds(content: Mapping[str, Any]) -> float:
    """Gives the duration of a request, which is written as days.hours:minutes:seconds."""
    days, _, clock = str(content["duration"]).partition(".")
    hours, minutes, rest = clock.split(":")
    return int(days) * 86_400 + int(hours) * 3_600 + int(minutes) * 60 + float(rest)


@asynccontextmanager
async def ingesting() -> AsyncIterator[tuple[Ingested, dict[str, str]]]:
    """Listens on a free port; gives what comes in, and the app settings that make the app send there."""
    ingested = Ingested()

    async def take(request: Request) -> Response:
        body = await request.body()
        plain = gzip.decompress(body) if request.headers.get("content-encoding") == "gzip" else body
        items = json.loads(plain)
        ingested.items.extend(items)
        return JSONResponse({"itemsReceived": len(items), "itemsAccepted": len(items), "errors": []})

    application = Starlette(routes=[Route("/v2.1/track", take, methods=["POST"])])
    async with serving("ingestion", application) as port:
        here = f"InstrumentationKey={_KEY};IngestionEndpoint=http://127.0.0.1:{port};LiveEndpoint={_NOWHERE}"
        yield (
            ingested,
            {
                "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY": "true",
                "APPLICATIONINSIGHTS_CONNECTION_STRING": here,
                "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
                "OTEL_TRACES_SAMPLER": "always_on",
                # As in Azure: the product makes its own spans.
                "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "azure_sdk,django,fastapi,flask,httpx,httpx2,psycopg2,"
                "requests,urllib,urllib3",
            },
        )


def _kind(item: Mapping[str, Any]) -> str:
    return str(item["data"]["baseType"])
