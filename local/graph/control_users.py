"""The control side for one user: what people do themselves, such as to register a passkey. Not part of Graph."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.graph.endpoints.phone_methods import phone_as_json
from local.graph.phones.book import PhoneType
from local.graph.phones.numbers import taken_over
from local.graph.phones.sms_sign_in import written
from local.graph.state import TwinState
from local.graph.tenant.file_faults import FaultList, TenantFileError
from local.graph.tenant.method_entries import method_as_entry, read_method
from local.graph.tenant.method_kinds import PASSWORD, Method, kind_named
from local.graph.tenant.model import User

NO_USER = "There is no such user."
NO_METHOD = "The user has no such method."
NO_PHONE = "The user has no such phone."
NO_NUMBER = "The request must be an object with phoneNumber."
NO_TYPE = f"The phone type is unknown; Graph has {', '.join(PhoneType)}."

Handler = Callable[[Request], Awaitable[Response]]
Rule = Callable[[User, Request], Awaitable[Response]]


class UserControl:
    """Adds and removes methods and phones. None of Graph's rules stand in the way."""

    def __init__(self, state: TwinState) -> None:
        self._state = state

    async def add_method(self, user: User, request: Request) -> Response:
        """Registers a method: its name, or an object as in `methods` of the tenant file."""
        entry = await request.json()
        faults = FaultList("The request")
        method = read_method(user.id, entry, _index(user), faults)
        faults.raise_if_any()
        if method is None or method.kind.name == PASSWORD:
            return _refused(400, "Everyone has a password already.")
        others = [other for other in user.methods if other.id != method.id]
        self._state.journal.set_methods(user, [*others, method], self._state.clock.now())
        return JSONResponse(method_as_entry(method), 201)

    async def remove_method(self, user: User, request: Request) -> Response:
        """Removes the methods of a kind, or the one with the id."""
        named = request.path_params["method"]
        kept = [method for method in user.methods if method.kind.name == PASSWORD or not _is_named(method, named)]
        if len(kept) == len(user.methods):
            return _refused(404, NO_METHOD)
        self._state.journal.set_methods(user, kept, self._state.clock.now())
        return Response(status_code=204)

    async def put_phone(self, user: User, request: Request) -> Response:
        """Sets the phone of a type, whether there is one or not."""
        phone_type, body = _phone_type(request), await request.json()
        number: Any = body.get("phoneNumber") if isinstance(body, dict) else None
        if phone_type is None or not isinstance(number, str) or not number.strip():
            return _refused(400, NO_TYPE if phone_type is None else NO_NUMBER)
        region = str(user.properties.get("usageLocation") or "").upper() or None
        phone = written(self._state.tenant, user, phone_type, taken_over(number, region))
        self._state.journal.put_phone(user, phone, self._state.clock.now())
        return JSONResponse(phone_as_json(phone))

    async def remove_phone(self, user: User, request: Request) -> Response:
        """Removes the phone of a type."""
        phone_type = _phone_type(request)
        if phone_type is None or user.phones.latest.get(phone_type) is None:
            return _refused(404, NO_PHONE)
        self._state.journal.drop_phone(user, phone_type, self._state.clock.now())
        return Response(status_code=204)

    def of_user(self, rule: Rule) -> Handler:
        """Finds the user that the path names, and tells in a sentence what cannot be done."""

        async def handler(request: Request) -> Response:
            user = self._state.tenant.user(request.path_params["user"])
            if user is None:
                return _refused(404, NO_USER)
            try:
                return await rule(user, request)
            except (TenantFileError, ValueError) as fault:
                return _refused(400, str(fault))

        return handler


def user_routes(state: TwinState) -> list[Route]:
    """Builds the routes."""
    control = UserControl(state)
    methods, phone = "/_twin/users/{user}/methods", "/_twin/users/{user}/phones/{type}"
    return [
        Route(methods, control.of_user(control.add_method), methods=["POST"]),
        Route(methods + "/{method}", control.of_user(control.remove_method), methods=["DELETE"]),
        Route(phone, control.of_user(control.put_phone), methods=["PUT"]),
        Route(phone, control.of_user(control.remove_phone), methods=["DELETE"]),
    ]


def _index(user: User) -> int:
    """Numbers a method so that its id is none that the user has, or had of the same kind before."""
    return sum(len(methods) for methods in user.other_methods.values())


def _is_named(method: Method, named: str) -> bool:
    kind = kind_named(named)
    return method.id.lower() == named.lower() or (kind is not None and kind.name == method.kind.name)


def _phone_type(request: Request) -> PhoneType | None:
    wanted = request.path_params["type"].lower()
    return next((phone_type for phone_type in PhoneType if phone_type.lower() == wanted), None)


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status)
