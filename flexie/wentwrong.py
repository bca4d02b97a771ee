"""What people read about a text that came to nothing: what happened, and what they can do about it.

A message keeps only what happened, as that is what rules read. The advice is the provider's, by the code that is kept.
"""

from flexie.providers import adapter


def in_words(provider: str, error: str | None, code: str | None) -> str:
    """One or two sentences, or blank. `error` and `code` as the message has them."""
    told = error or (f"Error {code}." if code else "")
    advice = adapter(provider).advice(code) if code else ""
    return told if advice in told else f"{told} {advice}"
