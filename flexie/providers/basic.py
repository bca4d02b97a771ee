"""Basic credentials (RFC 7617): on requests of ours, and on webhooks of providers that sign none."""

import base64
import binascii
import hmac

from flexie.providers.request import RawRequest, Refused


def header(user: str, password: str) -> str:
    """The value of an Authorization header; blanks around the two, which come with copying, are left out."""
    return f"Basic {base64.b64encode(f'{user.strip()}:{password.strip()}'.encode()).decode()}"


def check(request: RawRequest, user: str, password: str) -> None:
    """Raises Refused unless the webhook carries this name and password, compared in constant time."""
    if not user or not password:
        raise Refused("No name and password are set for this connection's webhooks: enter them on its page.")
    scheme, _, value = request.header("Authorization").partition(" ")
    if scheme.lower() != "basic" or not value:
        raise Refused("The request carries no name and password.")
    try:
        given = base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise Refused("The name and password of the request cannot be read.") from None
    if not hmac.compare_digest(given, f"{user}:{password}".encode()):
        raise Refused("The request carries another name and password than this connection's.")
