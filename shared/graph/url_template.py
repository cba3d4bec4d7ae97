"""Which of the product's Graph endpoints a URL is of, so that telemetry names the endpoint and not the user."""

import re
from functools import cache

from shared.graph.permissions import ENDPOINTS

# What no endpoint of ours matches. It has no name of its own: a path may hold anything.
UNKNOWN = "other"
_VERSION = re.compile(r"^.*?/(?:v1\.0|beta)(?=/)")


def url_template(method: str, path: str) -> str:
    """Gives the path as the table of endpoints writes it, such as `/users/{id}`; `other` where none fits."""
    below = _VERSION.sub("", path).rstrip("/")
    return next((template for pattern, template in _patterns(method) if pattern.fullmatch(below)), UNKNOWN)


@cache
def _patterns(method: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Gives those of a method, the ones with fewer variables first: a literal segment is meant where it stands."""
    paths = sorted((each.path for each in ENDPOINTS if each.method == method), key=lambda path: path.count("{"))
    return tuple((_pattern(path), path) for path in paths)


def _pattern(path: str) -> re.Pattern[str]:
    """Lets a cast or a count follow, as in `/transitiveMemberOf/microsoft.graph.group`."""
    fixed = "[^/]+".join(re.escape(part) for part in path.split("{id}"))
    return re.compile(fixed + r"(?:/microsoft\.graph\.\w+|/\$count)?")
