"""No page asks the database more than a dozen times, however much it shows."""

from flask import Flask

from benchmarks.plenty import Size, fill
from benchmarks.plenty.side import Side
from benchmarks.plenty.variants import Variant, variants

MOST = 12
SIZE = Size(messages=600, conversations=60, records=600)


def one_of_each_sort(found: list[Variant]) -> list[Variant]:
    """Of what is asked for by the same parameters, the first; the API's lists by one filter, and pages of contacts."""
    few = [each for each in reversed(found) if each.parts.get("kind", "contact") == "contact"]
    few = [each for each in few if not each.endpoint.startswith("api.") or len(each.query) <= 2]
    return list({(each.endpoint, *each.parts.values(), *each.query, each.is_fragment): each for each in few}.values())


def test_every_page_needs_a_dozen_statements_at_most(app: Flask) -> None:
    """The pages are those that the application has routes for; in an account in which there is some of everything."""
    with app.app_context():
        fill(SIZE)
    side = Side(app)
    asked = one_of_each_sort(variants(app))
    shown = {str(each): answer for each in asked if (answer := side.show(each)) is not None}
    assert {name: answer.statements for name, answer in shown.items() if answer.statements > MOST} == {}
    pages = {route.endpoint for route in app.url_map.iter_rules() if "GET" in (route.methods or ())}
    seen = {each.endpoint for each in asked if str(each) in shown and shown[str(each)].status < 400}
    assert len(seen) > 0.85 * len(pages), f"say in benchmarks/plenty/variants.py how to ask for {pages - seen}"
