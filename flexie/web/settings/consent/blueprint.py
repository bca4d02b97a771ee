"""What the pages of consent have in common."""

from flexie.web.settings.frame import administered

bp = administered("consent")
PAGE = 50  # rows of a list that one look brings
