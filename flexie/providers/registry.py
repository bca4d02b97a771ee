"""The providers that a line can be connected to. A new one is a file beside this, a line here, and its test table."""

from flexie.providers.bandwidth import Bandwidth
from flexie.providers.base import Adapter
from flexie.providers.infobip import Infobip
from flexie.providers.messagebird import MessageBird
from flexie.providers.plivo import Plivo
from flexie.providers.simulator import Simulator
from flexie.providers.sinch import Sinch
from flexie.providers.telnyx import Telnyx
from flexie.providers.twilio import Twilio
from flexie.providers.vonage import Vonage
from flexie.providers.vonage_sms import VonageSms

_ADAPTERS: tuple[Adapter, ...] = (
    Twilio(),
    Vonage(),
    Plivo(),
    Telnyx(),
    Sinch(),
    Infobip(),
    MessageBird(),
    Bandwidth(),
    VonageSms(),
    Simulator(),
)
_BY_NAME = {known.name: known for known in _ADAPTERS}


class UnknownProvider(LookupError):
    """There is no provider of this name."""


def names() -> tuple[str, ...]:
    """The names of all providers, in the order in which they are offered."""
    return tuple(_BY_NAME)


def adapter(name: str) -> Adapter:
    """The provider of that name. Raises UnknownProvider."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise UnknownProvider(f"There is no provider named {name!r}: choose one of {', '.join(_BY_NAME)}.") from None
