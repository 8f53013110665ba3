"""Rendering a page: the template, and the slots of the layout that other rooms fill.

A provider is a function () -> dict that `app` registers; it fills one slot (navigation, phase line, …) of the layout,
so that the layout knows no room.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, redirect, render_template, request, url_for
from flask import flash as _flash
from werkzeug.wrappers import Response

Provider = Callable[[], dict[str, Any]]
PROVIDERS = "reviewhub_providers"

__all__ = ["Provider", "back_to", "flash_done", "is_partial", "provide", "render", "safe_next"]


def provide(provider: Provider) -> None:
    """Register a provider of layout slots with the application under construction."""
    current_app.extensions.setdefault(PROVIDERS, []).append(provider)


def is_partial() -> bool:
    """Whether htmx asks for a part of the page only."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def render(template: str, **context: Any) -> str:
    """Render `template`; a whole page also gets the layout's slots, a partial (`_name.html`) none."""
    if template.rpartition("/")[2].startswith("_"):
        return render_template(template, **context)
    slots: dict[str, Any] = {}
    for provider in current_app.extensions.get(PROVIDERS, []):
        slots.update(provider())
    return render_template(template, **{**slots, **context})


def flash_done(sentence: str) -> None:
    """Say on the next page what was done."""
    _flash(sentence, "done")


def back_to(endpoint: str, *, done: str = "", anchor: str | None = None, **names: Any) -> Response:
    """Answer a POST: see other (303) to `endpoint`, with a done-message there."""
    if done:
        flash_done(done)
    return redirect(url_for(endpoint, _anchor=anchor, **names), 303)


def safe_next(target: str | None) -> str:
    """The path to go to after signing in, if it is one of ours; else the start page."""
    if not target or not target.isprintable() or "\\" in target:
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:  # "//[": no address at all
        return "/"
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    return target if is_ours and not target.startswith("//") else "/"
