"""The presets of Send later, and what each means now."""

from flexie import clock, later
from flexie.models import Settings
from flexie.web.api import paging
from flexie.web.api.asking import Asked
from flexie.web.api.moments import written
from flexie.web.api.operations import Reply, operation
from flexie.web.api.schema import moment, named, text, thing

PRESET = named(
    "Preset",
    thing(
        {"name": text("What the menu calls it."), "send_at": moment("The moment that it means now.")},
        "A moment that people pick when they send later.",
    ),
)


@operation(
    "GET",
    "/presets",
    "Presets of Send later, as the menu has them",
    {200: paging.of(PRESET)},
    scope="messages:send",
)
def list_presets(_asked: Asked) -> Reply:
    """All of them that mean a moment now: five at most, so on one page."""
    offers = later.offered(Settings.get(), clock.now())
    return paging.reply([{"name": offer.label, "send_at": written(offer.at)} for offer in offers], None)
