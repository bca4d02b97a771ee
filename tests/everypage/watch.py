"""Watching what a page in Chromium does that no page should: run a payload, ask somebody else, carry odd markup."""

from playwright.sync_api import ConsoleMessage, Page, Request, Response

from flexie import providers
from tests.security.payloads import RUN

MARK = RUN.removesuffix("()")
TRAP = f"window.traces = []; window.{MARK} = () => {{ window.traces.push(location.href); }};"
"""What a payload calls."""

ONLY_SHOWN = (
    "action", "aria-label", "data-fill-name", "for", "formaction", "href", "hx-confirm", "hx-get", "hx-post", "id",
    "placeholder", "title", "value",
)  # fmt: skip
"""Attributes that may hold people's words, as words or within an address of ours."""

ODD = f"""([shown, known]) => [...document.querySelectorAll("*")].flatMap((element) => [...element.attributes]
  .filter((one) => /^on|{MARK}/i.test(one.name) || /^[\\s\\x01-\\x1f]*(javascript|data|vbscript):/i.test(one.value)
    || one.value.includes("{MARK}") && !shown.includes(one.name)
    || /^(href|action|formaction|src|hx-(get|post))$/.test(one.name)
    && new URL(one.value, location.href).origin !== location.origin && !known.includes(one.value))
  .map((one) => `<${{element.localName}} ${{one.name}}=${{one.value.slice(0, 200)}}>`))"""
"""Handlers, scripts as addresses, payloads in other attributes, and addresses that lead away where we do not."""

LEADS_AWAY = [providers.adapter(name).console for name in providers.names()]
"""Whole addresses out in the world that pages of ours name."""


class Watch:
    """Over one page, wherever it goes. `faults` are sentences."""

    def __init__(self, page: Page, ours: str) -> None:
        self.page, self.ours = page, ours
        self.faults: list[str] = []
        page.add_init_script(TRAP)
        page.on("dialog", lambda dialog: (self._note(f"a dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self._note(f"an error: {error}"))
        page.on("console", self._hear)
        page.context.on("request", self._see)
        page.context.on("response", self._answered)

    def go(self, address: str) -> None:
        """Open an address, and look."""
        self.page.goto(address)
        self.look()

    def look(self) -> None:
        """At what became of the page that is open."""
        if self.page.evaluate("window.traces.length"):
            self._note("a payload ran")
        for found in self.page.evaluate(ODD, [ONLY_SHOWN, LEADS_AWAY]):
            self._note(f"markup: {found}")

    def _note(self, fault: str) -> None:
        self.faults.append(f"{self.page.url[:200]}: {fault[:400]}")

    def _hear(self, message: ConsoleMessage) -> None:
        """Chromium tells there what a policy forbade."""
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self._note(message.text)

    def _see(self, request: Request) -> None:
        if not request.url.startswith((f"{self.ours}/", "data:image/svg+xml")):
            self._note(f"a request to {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self._note(f"{response.status} from {response.url}")
