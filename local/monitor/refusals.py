"""What Azure Resource Manager and Azure Monitor refuse, in their shape and with their codes.

https://learn.microsoft.com/rest/api/monitor/metrics/list#errorcontract
"""

from starlette.responses import JSONResponse


class RefusedError(Exception):
    """The request is answered with an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def as_response(self) -> JSONResponse:
        """Gives the answer."""
        return JSONResponse({"error": {"code": self.code, "message": self.message}}, self.status)


def bad_request(message: str) -> RefusedError:
    """Says what is wrong with a question."""
    return RefusedError(400, "BadRequest", message)
