"""Pictures and other files that came with texts: expected with the text, fetched afterwards, kept, and handed out."""

from flexie.media.keeping import CannotFetch, bytes_of, expect, fetch_again, in_conversation, of_messages

__all__ = ["CannotFetch", "bytes_of", "expect", "fetch_again", "in_conversation", "of_messages"]
