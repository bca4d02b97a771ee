"""The webhook requests in tests/vectors, each with the verdict of the provider's official verifier."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from flexie.providers import OutboundText

FOLDER = Path(__file__).parents[1] / "vectors"
SDK_REQUESTS = json.loads((FOLDER / "sdk_requests.json").read_text())["requests"]


def of(file, provider=None):
    """The vectors of a file: those of one of its providers, or all."""
    found = json.loads((FOLDER / f"{file}.json").read_text())["vectors"]
    return [vector for vector in found if provider is None or vector["provider"] in provider]


@dataclass(frozen=True)
class Sent:
    """A send of an official SDK, what we are to send in its place, and what of it has no meaning of its own.

    `below`: what the SDK had in its base address, and we have in the path."""

    path: str
    message: OutboundText
    credentials: dict
    idle: dict = field(default_factory=dict)
    below: str = ""
    base_url: str = "https://api.example"

    def theirs(self):
        """What the SDK posted."""
        request = next(request for request in SDK_REQUESTS if request["path"] == self.path)
        body = json.loads(request["body"])
        assert self.idle.items() <= body.items()
        body = {name: value for name, value in body.items() if name not in self.idle}
        return request["method"], f"{self.base_url}{self.below}{self.path}", request["headers"], body

    def ours(self, adapter):
        """What we post, with the callback as it was given: ours carries our id too."""
        wanted = adapter.build_send(self.message, self.credentials, self.base_url)
        headers = {name.lower(): value for name, value in wanted.headers.items()}
        body = wanted.body.decode().replace(f"?message={self.message.public_id}", "")
        return wanted.method, wanted.url, headers, json.loads(body)


def as_sent(public_id="msg-42", to="+14135550122", sender="+12025550111", text="hi é", media=(), callback=True):
    """The message that the SDKs were given."""
    return OutboundText(public_id, to, sender, text, media, "https://x.example/s" if callback else None)
