"""Three ways to do the same deed: with a mouse, with the keys alone, and with a finger on a phone's screen.

A deed is a click or tap, a command of the keyboard, or typing a text and leaving its field. The way to a control is
part of the deed, as the way of the mouse is; what it takes of keys is counted apart (`keystrokes`).
"""

from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.installation import Installation
from tests.browser.walking import opened_browser, signed_in

ROWS = "[data-row] > a, .rows > li > a"  # what the keys j and k walk through
FURTHEST = 60  # strokes that one may need to reach a control; who needs more is lost


class Hand:
    """What all hands have in common. `deeds` counts since it took up its work, or since it was set to 0."""

    width = 1280
    has_keys = True
    """Whether there are keys beside those that write: Ctrl and its kind."""

    screen: dict[str, Any] = {}  # noqa: RUF012
    """How its browser is opened, beside its width."""

    def __init__(self, browser: Browser, installation: Installation) -> None:
        self.browser, self.installation = browser, installation
        self.deeds = self.keystrokes = 0

    def at_inbox(self, email: str = "admin@example.com") -> Page:
        """A browser of its own, signed in, at the inbox."""
        return signed_in(self.browser, self.installation, self.width, email, **self.screen)

    def at_the_door(self) -> Page:
        """A browser of its own, in which nobody ever signed in, with no page open."""
        return opened_browser(self.browser, self.installation, self.width, **self.screen)

    def press(self, target: Locator, key: str = "", near: str = "") -> None:
        """Press a control. `key` is the page's own shortcut for it, which the keys use; `near` leads near it."""
        self.deeds += 1
        self._press(target, key, near)

    def write(self, target: Locator, text: str, near: str = "", leave: str = "") -> None:
        """Write into a field, in place of what stands there. `near` is the page's own shortcut that leads near it.

        `leave` is the key by which the field is left: "Enter", where that takes what was written.
        """
        self.deeds += 1
        self._enter(target, near)
        if target.input_value():
            target.page.keyboard.press("Control+a")
        self._type(target, text)
        expect(target).to_have_value(text)
        if leave:
            target.page.keyboard.press(leave)

    def choose(self, target: Locator, option: str) -> None:
        """Choose in a list of choices, by the words of one."""
        self.deeds += 1
        self._choose(target, option)

    def open(self, page: Page, row: str) -> None:
        """Open the conversation whose row in the list has these words."""
        self.press(page.locator("[data-row] > a", has_text=row).first)
        expect(page.locator("#reply-text")).to_be_visible()

    def scroll(self, region: Locator, down: int, near: str = "") -> None:
        """Scroll a region by so many pixels, or up, where they are negative; with keys, to its end or beginning."""
        self.deeds += 1
        self._scroll(region, down, near)

    def fits(self, page: Page) -> bool:
        """Whether nothing sticks out at the side."""
        return page.evaluate("document.documentElement.scrollWidth") <= self.width

    def _press(self, target: Locator, key: str, near: str) -> None:
        raise NotImplementedError

    def _enter(self, target: Locator, near: str) -> None:
        self._press(target, "", near)

    def _type(self, target: Locator, text: str) -> None:
        target.press_sequentially(text)

    def _choose(self, target: Locator, option: str) -> None:
        target.select_option(option)

    def _scroll(self, region: Locator, down: int, near: str) -> None:
        raise NotImplementedError


class Mouse(Hand):
    """A mouse, and for texts the keyboard beside it, on a wide screen."""

    def _press(self, target: Locator, key: str, near: str) -> None:
        target.click()

    def _scroll(self, region: Locator, down: int, near: str) -> None:
        region.hover()
        region.page.mouse.wheel(0, down)


class Finger(Hand):
    """A finger on a phone, 360 pixels wide."""

    width = 360
    has_keys = False
    screen = {"has_touch": True, "is_mobile": True}  # noqa: RUF012

    def _press(self, target: Locator, key: str, near: str) -> None:
        target.tap()

    def _type(self, target: Locator, text: str) -> None:
        """As keyboards of phones do it: words arrive at once, without keys."""
        target.page.keyboard.insert_text(text)

    def _scroll(self, region: Locator, down: int, near: str) -> None:
        box = region.bounding_box()
        assert box, "what is scrolled must be on the screen"
        x, middle, reach = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["height"] * 0.4
        begin, end = (middle + reach, middle - reach) if down > 0 else (middle - reach, middle + reach)
        session = region.page.context.new_cdp_session(region.page)
        for _ in range(1 + int(abs(down) / (2 * reach))):
            for kind, y in (("Start", begin), ("Move", middle), ("Move", end), ("End", None)):
                points = [] if y is None else [{"x": x, "y": y}]
                session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
        session.detach()


class Keys(Hand):
    """The keyboard alone, on a wide screen: Tab and Shift+Tab, Enter, typing, and the page's own shortcuts."""

    def stroke(self, page: Page, key: str) -> None:
        """Strike a key, and nothing else. It is no deed by itself."""
        self.keystrokes += 1
        page.keyboard.press(key)

    def reach(self, target: Locator) -> None:
        """Go to a control: by j and k in a list, else by Tab in its direction."""
        expect(target).to_be_visible()
        is_row = target.evaluate(f"node => node.matches('{ROWS}')")
        if is_row:
            self._leave_field(target.page)
        for _ in range(FURTHEST):
            way = target.evaluate(_WAY)
            if way == "there":
                return
            self.stroke(target.page, ("j" if is_row else "Tab") if way == "on" else ("k" if is_row else "Shift+Tab"))
        raise AssertionError(f"{target} is not reached by {FURTHEST} strokes")

    def _press(self, target: Locator, key: str, near: str) -> None:
        if key:
            self._shortcut(target, key)
            return
        self._enter(target, near)
        self.stroke(target.page, "Space" if target.evaluate(_IS_TICKED_BY_SPACE) else "Enter")

    def _enter(self, target: Locator, near: str) -> None:
        if near:
            self._shortcut(target, near)
        self.reach(target)

    def _choose(self, target: Locator, option: str) -> None:
        self.reach(target)
        self.stroke(target.page, "Home")
        for _ in range(FURTHEST):
            if target.evaluate("node => node.selectedOptions[0].label") == option:
                return
            self.stroke(target.page, "ArrowDown")
        raise AssertionError(f"there is no {option} among the first {FURTHEST}")

    def _scroll(self, region: Locator, down: int, near: str) -> None:
        self._enter(region if region.get_attribute("tabindex") else region.locator(ROWS).first, near)
        self.stroke(region.page, "End" if down > 0 else "Home")

    def _shortcut(self, target: Locator, key: str) -> None:
        expect(target).to_be_attached()
        if len(key) == 1:
            self._leave_field(target.page)
        self.stroke(target.page, key)

    def _leave_field(self, page: Page) -> None:
        """Single keys act where nobody is writing. A search is left by Tab: Escape would empty it."""
        kind = page.evaluate(
            "document.activeElement?.matches('input, textarea, select') && document.activeElement.type"
        )
        if kind:
            self.stroke(page, "Tab" if kind == "search" else "Escape")


_IS_TICKED_BY_SPACE = "node => node.matches('input[type=checkbox], input[type=radio]')"

_FIELD = """() => {
  const now = document.activeElement;
  return now?.matches("input, textarea, select") ? now.type : null;
}"""
"""The type of the field that one is in, if it is one."""

_WAY = """node => {
  const now = document.activeElement;
  if (now === node) return "there";
  if (!now || now === document.body) return "on";
  return now.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING ? "back" : "on";
}"""
"""Which way a control is from where one is."""

HANDS = [Mouse, Keys, Finger]
