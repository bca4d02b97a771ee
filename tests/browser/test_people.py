"""An administrator invites somebody, who sets a password and is in."""

import secrets

from playwright.sync_api import expect

from tests.browser.hands import Hand


def test_somebody_who_was_invited_sets_a_password_and_reads_the_inbox(hand: Hand) -> None:
    name, email = (
        f"Nina Aleksandrowicz-Stonehaugh {secrets.token_hex(3)}",
        f"nina.{secrets.token_hex(4)}@example.com",
    )
    page = hand.at_inbox()
    page.goto("/settings/people/new")
    hand.write(page.get_by_label("Name", exact=True), name)
    hand.write(page.get_by_label("Email", exact=True), email)
    hand.press(page.get_by_role("button", name="Add and show the link"))
    address = page.get_by_label("Link to set a password").input_value()

    door = hand.at_the_door()
    door.goto(address)
    expect(door.get_by_text(f"{name}, for")).to_be_visible()
    hand.write(door.get_by_label("New password"), "three blue bicycles", leave="Enter")
    expect(door).to_have_url(f"{hand.installation.url}/inbox")
    expect(door.locator("[data-row]").first).to_be_visible()
    assert hand.fits(door)
    door.context.close()

    again = hand.at_the_door()
    again.goto(address)
    expect(again.get_by_role("heading")).to_contain_text("This link has ended")
