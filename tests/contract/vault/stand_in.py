"""Azure Key Vault on a loopback address: TLS, the authentication challenge, a key with versions, real RSA.

The SDK is led here by name resolution and a certificate authority of the test's own; it is otherwise as it comes.
Formats: https://learn.microsoft.com/rest/api/keyvault/keys/get-key/get-key and .../unwrap-key/unwrap-key.
"""

import asyncio
import base64
import json
import secrets
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

HOST = "contoso.vault.azure.net"
NAME = "mfaphone-undo"
KEY_ID = f"https://{HOST}/keys/{NAME}"
_OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


@dataclass
class Version:
    """One version of the key."""

    private: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    name: str = field(default_factory=lambda: secrets.token_hex(16))
    attributes: dict[str, Any] = field(default_factory=lambda: {"enabled": True})

    @property
    def id(self) -> str:
        """The key's URL with the version."""
        return f"{KEY_ID}/{self.name}"

    def bundle(self) -> dict[str, Any]:
        """The public key as the vault gives it."""
        numbers = self.private.public_key().public_numbers()
        operations = ["wrapKey", "unwrapKey"]
        key = {"kid": self.id, "kty": "RSA", "key_ops": operations, "n": _number(numbers.n), "e": _number(numbers.e)}
        return {"key": key, "attributes": self.attributes}

    def unwrapped(self, wrapped: bytes) -> bytes:
        """Decrypts as the vault does. Raises ValueError where it does not fit."""
        return self.private.decrypt(wrapped, _OAEP)


@dataclass
class StandIn:
    """The vault. `failing` are answers that are used up first, by operation; None is silence."""

    signing_key: bytes
    resource: str = "https://vault.azure.net"
    versions: list[Version] = field(default_factory=lambda: [Version()])
    failing: dict[str, list[web.Response | None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    # What was asked without a token must carry nothing.
    bodies_without_token: list[bytes] = field(default_factory=list)
    authority: Path = Path()
    port: int = 0

    def rotate(self) -> Version:
        """Makes a newer version."""
        self.versions.append(Version())
        return self.versions[-1]

    def fails(self, operation: str, *answers: web.Response | None) -> None:
        """Plans the answers to `key` or `unwrapkey`."""
        self.failing[operation] = list(answers)

    async def answer(self, request: web.Request) -> web.Response:
        """Answers one request as the vault does."""
        body, operation = await request.read(), request.match_info.get("operation", "key")
        if not self._is_authorized(request):
            self.bodies_without_token.append(body)
            challenge = f'Bearer authorization="https://login.microsoftonline.com/t", resource="{self.resource}"'
            return web.json_response({}, status=401, headers={"WWW-Authenticate": challenge})
        self.asked.append(operation)
        if planned := self.failing.get(operation):
            failure = planned.pop(0)
            if failure is None:
                await asyncio.Event().wait()
            if failure is not None:
                return failure
        return self._carried_out(request, operation, body)

    def _is_authorized(self, request: web.Request) -> bool:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            jwt.decode(token, self.signing_key, algorithms=["HS256"], audience="https://vault.azure.net")
        except jwt.InvalidTokenError:
            return False
        return True

    def _carried_out(self, request: web.Request, operation: str, body: bytes) -> web.Response:
        wanted = request.match_info.get("version") or self.versions[-1].name
        found = [version for version in self.versions if version.name == wanted]
        if request.match_info["name"] != NAME or not found:
            return error(404, "KeyNotFound")
        if operation == "key":
            return web.json_response(found[0].bundle())
        return _unwrapped(found[0], json.loads(body))


def error(status: int, code: str, **headers: str) -> web.Response:
    """Gives an error in the vault's words."""
    told = {"error": {"code": code, "message": "Caller: appid=5a0b; oid=secret", "innererror": {"code": "Why"}}}
    return web.json_response(told, status=status, headers=headers)


def _unwrapped(version: Version, asked: dict[str, str]) -> web.Response:
    if asked["alg"] != "RSA-OAEP-256":
        return error(400, "BadParameter")
    try:
        value = version.unwrapped(_bytes(asked["value"]))
    except ValueError:
        return error(400, "BadParameter")
    return web.json_response({"kid": version.id, "value": _text(value)})


@asynccontextmanager
async def running_stand_in(folder: Path, signing_key: bytes) -> AsyncIterator[StandIn]:
    """Runs a vault until the block ends; the certificate is written to the folder."""
    vault = StandIn(signing_key, authority=folder / "authority.pem")
    app = web.Application()
    app.router.add_get("/keys/{name}/{version}", vault.answer)
    app.router.add_get("/keys/{name}/", vault.answer)
    app.router.add_get("/keys/{name}", vault.answer)
    app.router.add_post("/keys/{name}/{version}/{operation}", vault.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=_certificate(vault.authority))
    await site.start()
    vault.port = runner.addresses[0][1]
    try:
        yield vault
    finally:
        await runner.cleanup()


class Resolver(AbstractResolver):
    """Finds every host on the stand-in's port."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.asked: set[str] = set()

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        """Gives the loopback address."""
        del port
        self.asked.add(host)
        return [ResolveResult(hostname=host, host="127.0.0.1", port=self._port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Holds nothing."""


def _certificate(path: Path) -> ssl.SSLContext:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("*.vault.azure.net")]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = path.with_suffix(".key")
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, private)
    return context


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8))


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
