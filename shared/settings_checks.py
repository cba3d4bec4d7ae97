"""What a setting's value must look like. A check gives the value back, or says what is wrong without repeating it."""

import base64
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

# Microsoft's national clouds: https://learn.microsoft.com/graph/deployments
GRAPH_HOSTS = (
    "graph.microsoft.com",
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
)
_GRAPH_PATH = "/v1.0"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_HMAC_KEY_BYTES = 32
# https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftservicebus
_LONGEST_ENTITY, _LONGEST_SUBSCRIPTION = 260, 50
_ENTITY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]|/(?!/))*(?<![._/-])")
_SUBSCRIPTION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
# https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
_CONTAINER = re.compile(r"(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*")
_ENDPOINTS = ("TableEndpoint", "BlobEndpoint")
# https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
_KEY_VAULT_KEY = re.compile(
    r"https://[a-z0-9-]{3,24}\.(?:vault\.azure\.net|vault\.usgovcloudapi\.net|vault\.azure\.cn|managedhsm\.azure\.net)"
    r"/keys/[A-Za-z0-9-]{1,127}(?:/[0-9a-f]{32})?",
    re.IGNORECASE,
)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})+")
_MAIL_ADDRESS = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?P<host>{_LABEL}(?:\.{_LABEL})+)")
# second, minute, hour, day, month, day of week: https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
_RANGES = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_NAMES = ("",) * 4 + ("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC", "SUN MON TUE WED THU FRI SAT")
_PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>[1-9]\d?))?", re.ASCII)


def graph_endpoint(value: str) -> str:
    """Takes the root of Graph v1.0 in one of Microsoft's clouds, or on this machine."""
    parts = _split(value)
    known = value in {f"https://{host}{_GRAPH_PATH}" for host in GRAPH_HOSTS}
    at_home = parts is not None and _is_loopback(parts) and value == f"http://{parts.netloc}{_GRAPH_PATH}"
    if not known and not at_home:
        message = f"must be https://, one of {', '.join(GRAPH_HOSTS)}, and {_GRAPH_PATH}: tokens are sent there"
        raise ValueError(message)
    return value


def hmac_key(value: SecretStr) -> SecretStr:
    """Takes a key that somebody may have drawn at random; a placeholder is none."""
    try:
        key = base64.b64decode(value.get_secret_value(), validate=True)
    except ValueError:
        key = b""
    if len(key) < _HMAC_KEY_BYTES or len(set(key)) == 1:
        message = f"must be at least {_HMAC_KEY_BYTES} random bytes in base64"
        raise ValueError(message)
    return value


def hmac_keys(value: SecretStr) -> SecretStr:
    """Takes keys with commas between them, or nothing."""
    for text in filter(None, value.get_secret_value().split(",")):
        hmac_key(SecretStr(text))
    return value


def entity_name(value: str) -> str:
    """Takes the name of a queue or topic."""
    if len(value) > _LONGEST_ENTITY or not _ENTITY.fullmatch(value):
        message = "must be a queue's or topic's name: letters, digits and . - _ / inside, at most 260"
        raise ValueError(message)
    return value


def subscription_name(value: str) -> str:
    """Takes the name of a subscription."""
    if len(value) > _LONGEST_SUBSCRIPTION or not _SUBSCRIPTION.fullmatch(value):
        message = "must be a subscription's name: letters, digits and . - _ inside, at most 50"
        raise ValueError(message)
    return value


def ncrontab(value: str) -> str:
    """Takes an NCRONTAB expression of six fields."""
    fields = value.split()
    if len(fields) != len(_RANGES):
        message = f"must be NCRONTAB with six fields, second minute hour day month day-of-week; it has {len(fields)}"
        raise ValueError(message)
    for number, field in enumerate(fields):
        if not all(_is_cron_part(part, number) for part in field.split(",")):
            message = (
                f"must be NCRONTAB with six fields, second minute hour day month day-of-week; see field {number + 1}"
            )
            raise ValueError(message)
    return value


def mail_address(value: str) -> str:
    """Takes a user principal name that can be a mailbox's."""
    if not _MAIL_ADDRESS.fullmatch(value):
        message = "must be a mailbox's user principal name, such as mfa@contoso.com"
        raise ValueError(message)
    return value


def host_name(value: str | None) -> str | None:
    """Takes a host's full name without scheme, port and path; empty means not set."""
    if value and not _HOST_NAME.fullmatch(value):
        message = "must be a host name without scheme, port and path, such as contoso.servicebus.windows.net"
        raise ValueError(message)
    return value


def key_vault_key(value: str | None) -> str | None:
    """Takes the id of a key in Azure Key Vault; empty means not set."""
    if value and not _KEY_VAULT_KEY.fullmatch(value):
        message = "must be a key's id, such as https://contoso.vault.azure.net/keys/mfaphone-undo"
        raise ValueError(message)
    return value


def table_endpoint(value: str | None) -> str | None:
    """Takes the URL of a table service; empty means not set."""
    return _service_url(value, "table")


def blob_endpoint(value: str | None) -> str | None:
    """Takes the URL of a blob service; empty means not set."""
    return _service_url(value, "blob")


def container_name(value: str) -> str:
    """Takes the name of a blob container."""
    if not _CONTAINER.fullmatch(value):
        message = "must be a container's name: 3 to 63 lower-case letters, digits and single hyphens inside"
        raise ValueError(message)
    return value


def bus_connection_string(value: SecretStr | None) -> SecretStr | None:
    """Takes what azure-servicebus takes; empty means not set."""
    if not value or not value.get_secret_value():
        return value
    parts = _connection_parts(value)
    endpoint = _split(parts.get("endpoint", ""))
    if endpoint is None or endpoint.scheme != "sb" or not endpoint.hostname:
        message = "must be a connection string with Endpoint=sb://<host>"
        raise ValueError(message)
    key, signature = {"sharedaccesskeyname", "sharedaccesskey"}, {"sharedaccesssignature"}
    if (key | signature) & parts.keys() not in (key, signature):
        message = "must have SharedAccessKeyName and SharedAccessKey, or SharedAccessSignature"
        raise ValueError(message)
    return value


def storage_connection_string(value: SecretStr | None) -> SecretStr | None:
    """Takes what both azure-data-tables and azure-storage-blob take; empty means not set."""
    if not value or value.get_secret_value() in ("", "UseDevelopmentStorage=true"):
        return value
    parts = _connection_parts(value)
    endpoints = [parts.get(name.lower()) for name in _ENDPOINTS]
    by_key = "accountname" in parts and _is_base64(parts.get("accountkey", ""))
    by_signature = "sharedaccesssignature" in parts and "accountkey" not in parts
    if not by_key and not (by_signature and (any(endpoints) or "accountname" in parts)):
        message = "must have AccountName and AccountKey, or SharedAccessSignature with TableEndpoint and BlobEndpoint"
        raise ValueError(message)
    for name, endpoint in zip(_ENDPOINTS, endpoints, strict=True):
        if endpoint and not _is_safe_url(endpoint):
            message = f"must have an https:// URL as {name}"
            raise ValueError(message)
        if any(endpoints) and not endpoint:
            message = f"must have {name} as well: tables and blobs are kept in the same account"
            raise ValueError(message)
    return value


def _service_url(value: str | None, service: str) -> str | None:
    if value and not _is_safe_url(value):
        message = f"must be an https:// URL, such as https://contoso.{service}.core.windows.net"
        raise ValueError(message)
    return value


def _connection_parts(value: SecretStr) -> dict[str, str]:
    """Parses `name=value;...`; nothing is left of what is written otherwise."""
    pairs = [part.partition("=") for part in value.get_secret_value().strip().rstrip(";").split(";")]
    parts = {name.lower(): text for name, _, text in pairs}
    return parts if all(sign and text for _, sign, text in pairs) and len(parts) == len(pairs) else {}


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False


def _is_safe_url(value: str) -> bool:
    """Says whether it is https, or http on this machine, with a host and no more than a path."""
    parts = _split(value)
    if parts is None or parts.query or parts.fragment or "@" in parts.netloc:
        return False
    return _is_loopback(parts) or (parts.scheme == "https" and bool(_HOST_NAME.fullmatch(parts.hostname or "")))


def _is_loopback(parts: SplitResult) -> bool:
    return parts.scheme == "http" and parts.hostname in _LOOPBACK and "@" not in parts.netloc


def _split(value: str) -> SplitResult | None:
    """Parses a URL; None where that fails, also where urlsplit would mend it in silence."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return None
    return parts if value.isprintable() and " " not in value else None


def _is_cron_part(text: str, field: int) -> bool:
    found = _PART.fullmatch(text)
    if found is None:
        return False
    numbers = list(_cron_numbers(found, field))
    lowest, highest = _RANGES[field]
    return None not in numbers and all(lowest <= (number or 0) <= highest for number in numbers)


def _cron_numbers(found: re.Match[str], field: int) -> Iterator[int | None]:
    names = _NAMES[field].split()
    for text in filter(None, (found["first"], found["last"])):
        if text.isdigit():
            yield int(text)
        else:
            yield names.index(text.upper()) + _RANGES[field][0] if text.upper() in names else None
