"""Pages that only some people may open: 403 for the others."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from flask import abort
from flask.typing import ResponseReturnValue

from flexie.models import User
from flexie.web.login import me

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def moves_records(user: User) -> bool:
    """Whether somebody may bring in and take out many records at once: administrators and those who write rules."""
    return user.writes_rules


def require(allowed: Callable[[User], bool]) -> None:
    """Go on only if `allowed` holds of whoever asks; else 403."""
    if not allowed(me()):
        abort(403)


def only(allowed: Callable[[User], bool]) -> Callable[[View], View]:
    """Mark a view as open only to people of whom `allowed` holds."""

    def marked(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
            require(allowed)
            return view(*args, **kwargs)

        return guarded  # type: ignore[return-value]

    return marked


def administrators(user: User) -> bool:
    """Whether somebody changes what holds for the whole account."""
    return user.is_admin
