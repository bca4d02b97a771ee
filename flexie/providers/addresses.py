"""Which address a request was signed for: it cannot be read back, but the usual wrong ones can be tried."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit

from flexie.providers.request import RawRequest


def why(request: RawRequest, fits: Callable[[str], bool]) -> str:
    """Why a signature that is over the address fits not; `fits` tells whether it would for another address."""
    for url in _usual_mistakes(request):
        if fits(url):
            return f"The request was signed for {url}, but this line's address is {request.url}."
    return (
        f"The signature does not fit the address {request.url}: the secret is another account's, "
        "or the request was changed on its way."
    )


def _usual_mistakes(request: RawRequest) -> Iterator[str]:
    parts = urlsplit(request.url)
    other = "http" if parts.scheme == "https" else "https"
    host = request.header("Host") or parts.netloc
    for scheme in (parts.scheme, other):
        for netloc in dict.fromkeys((parts.netloc, host)):
            for path in (parts.path, parts.path.rstrip("/"), parts.path.rstrip("/") + "/"):
                for query in dict.fromkeys((parts.query, "")):
                    yield urlunsplit((scheme, netloc, path, query, ""))
