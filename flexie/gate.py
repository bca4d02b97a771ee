"""The one gate before every send: asked in the transaction that claims a text, whoever wrote it, and whenever."""

from flexie import access, consent
from flexie.models import Message


def stops(message: Message) -> str | None:
    """Why a text may not be sent now, in words, or None.

    An answer that the law allows after STOP (a confirmation: intent "consent:…") passes once by its intent.
    """
    return consent.gate(message, consent.records_of(message.id)) or _author(message)


def _author(message: Message) -> str | None:
    """What people wrote for later goes only while they may write on the line. A rule's texts are nobody's."""
    if message.user is None or message.run_id is not None:
        return None
    if not message.user.is_active:
        return f"{message.user.name} wrote this for later, and left"
    if not message.user.is_admin and not access.may_use(message.user, message.line):
        return f"{message.user.name} wrote this, and may not use the line {message.line.name} any more"
    return None
