"""Whole rules to begin from."""

import re

_WRITTEN = (
    (
        "Answer a word",
        """rule "Answer a word":
  for contact
  when incoming sms matches "HOURS*"
  at most once per 12 hours

  send sms "We are open Monday to Friday, 9 to 17."
""",
    ),
    (
        "Ask and wait for the answer",
        """rule "Ask and wait":
  for contact
  when incoming sms matches "BOOK*"

  send sms "Hi {{ first_name }}, shall we call you today? Reply YES or NO."
  wait for reply up to 1 day:
    on reply matches "YES*", "Y":
      add tag "call today"
      send sms "Thank you, we will call you."
    on any other reply:
      add tag "read the answer"
    on no reply:
      do nothing
""",
    ),
    (
        "Send a reminder later",
        """rule "Remind later":
  for contact
  when incoming sms matches "LATER*"
  send only between 09:00 and 20:00

  send sms "Fine, we will come back to you tomorrow."
  wait 1 day
  send sms "Hi {{ first_name }}, is now a better time?"
""",
    ),
    (
        "Start by hand",
        """rule "Start by hand":
  for contact
  when started

  send sms "Hi {{ first_name }}, your order is ready."
""",
    ),
    (
        "Welcome an unknown sender",
        """rule "Welcome":
  for unknown sender
  when incoming sms
  at most once per record

  send sms "Thank you for your text. A colleague will answer soon."
""",
    ),
)
TITLES = tuple(title for title, _ in _WRITTEN)


def added(text: str, number: int) -> str:
    """The text with a snippet at its end, under a name that is not taken in it. An unknown number adds nothing."""
    if not 0 <= number < len(_WRITTEN):
        return text
    snippet = _WRITTEN[number][1]
    name = free = re.findall(r'rule "([^"]*)"', snippet)[0]
    count = 1
    while f'rule "{free}"' in text:
        count += 1
        free = f"{name} {count}"
    before = text.rstrip() or "version 1"
    return f"{before}\n\n{snippet.replace(name, free, 1)}"
