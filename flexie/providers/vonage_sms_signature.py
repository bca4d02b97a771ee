"""The signature of Vonage's older SMS API: `sig`, over the other parameters in order.

Source: the behaviour of Vonage's official Python library 4.9; and for MD5 without HMAC, the dashboard's default, which
the library cannot do, its page "Signing Messages".
"""

import hashlib
import hmac

from flexie.providers.base import Credentials
from flexie.providers.fields import JSON
from flexie.providers.json_body import NotReadable, read_object
from flexie.providers.request import OUR_ID, RawRequest, Refused

PLAIN = "md5hash"
_HASHES = {"md5": hashlib.md5, "sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}
METHODS = (PLAIN, *_HASHES)


def method(credentials: Credentials) -> str:
    """How the account signs; blank means Vonage's default."""
    return credentials.get("signature_method", "").strip().lower() or PLAIN


def check(request: RawRequest, credentials: Credentials) -> None:
    """Raises Refused unless the parameters are signed with the signature secret by the account's method."""
    secret, how = credentials.get("signature_secret", ""), method(credentials)
    if not secret or how not in METHODS:
        raise Refused("No signature secret, or no known method, is set for this connection: enter it on its page.")
    found = _parameters(request)
    given = found.pop("sig", "")
    if not given or not found.get("timestamp"):
        raise Refused("The request is not signed: switch signed webhooks on in Vonage's dashboard.")
    words = "".join(f"&{name}={value}" for name, value in sorted(found.items())).encode("utf-8", "replace")
    if how == PLAIN:
        signed = hashlib.md5(words + secret.encode(), usedforsecurity=False).hexdigest()
    else:
        signed = hmac.new(secret.encode(), words, _HASHES[how]).hexdigest()
    if not hmac.compare_digest(signed.encode(), given.lower().encode("utf-8", "replace")):
        raise Refused("The signature does not fit: the secret or the method is another, or the request was changed.")


def _parameters(request: RawRequest) -> dict[str, str]:
    """Names and values as they are signed: & and = in a value stand as _. In a name they would let two parameters
    pass for one, so none may hold them, and none may come twice."""
    try:
        pairs = _pairs(request)
    except (ValueError, NotReadable):
        raise Refused("The parameters of the request cannot be read.") from None
    found = {name: value.replace("&", "_").replace("=", "_") for name, value in pairs}
    if len(found) < len(pairs) or any("&" in name or "=" in name for name in found):
        raise Refused("A parameter comes twice, or has a name that Vonage's never have.")
    return found


def _pairs(request: RawRequest) -> list[tuple[str, str]]:
    if request.method == "GET":
        return [pair for pair in request.query if pair[0] != OUR_ID]
    if request.content_type == JSON:
        return [(name, str(value)) for name, value in read_object(request.body).items()]
    return request.form
