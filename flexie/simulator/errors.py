"""The ways in which the network says no. Each carries the HTTP status, a code for programs and a sentence."""

from __future__ import annotations


class SimulatorError(Exception):
    """Base of the family: `status` is the HTTP status, `code` is for programs, `message` for people."""

    status = 400
    code = "invalid_request"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def as_json(self) -> dict[str, str]:
        """The body of an error answer."""
        return {"code": self.code, "message": self.message}


class InvalidRequest(SimulatorError):
    """The request lacks something or has something of the wrong kind."""


class InvalidNumber(SimulatorError):
    """A number that does not exist on this network."""

    code = "invalid_number"


class Unauthorized(SimulatorError):
    """The key is missing or belongs to no account."""

    status = 401
    code = "unauthorized"


class OptedOut(SimulatorError):
    """The carrier does not carry texts from this line to this phone any more."""

    status = 403
    code = "opted_out"


class Unknown(SimulatorError):
    """There is no such phone."""

    status = 404
    code = "not_found"


class Throttled(SimulatorError):
    """Too fast: nothing was accepted; `retry_after` is in seconds."""

    status = 429
    code = "throttled"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ServerFault(SimulatorError):
    """The pretend provider broke down; whether the text was accepted cannot be known from the answer."""

    status = 500
    code = "server_error"
