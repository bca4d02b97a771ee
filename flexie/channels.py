"""Channels: the ways in which people write to us, as the inbox parts them. A line is of its provider's channel.

One more (email, WhatsApp) is an entry here, and providers that name it.
"""

from dataclasses import dataclass

from flexie import providers


@dataclass(frozen=True)
class Channel:
    """`name` stands in addresses and at providers, `label` is what people read."""

    name: str
    label: str


CHANNELS: tuple[Channel, ...] = (Channel("sms", "SMS"),)


def named(name: str) -> Channel | None:
    """The channel of that name, if there is one."""
    return next((channel for channel in CHANNELS if channel.name == name), None)


def providers_of(channel: Channel) -> frozenset[str]:
    """The names of the providers whose lines are of this channel."""
    return frozenset(name for name in providers.names() if providers.adapter(name).channel == channel.name)


def narrowed_to(channel: Channel | None) -> frozenset[str] | None:
    """The providers whose lines alone are meant; None where that are all of them, and nothing has to be asked."""
    names = providers_of(channel) if channel else None
    return names if names is not None and names < frozenset(providers.names()) else None
