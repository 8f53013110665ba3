"""What stands between a request and its page: origin check, session, headers.

Cross-site requests are refused by Origin and Sec-Fetch-Site, and the session's cookie is SameSite=Lax; there is no
token in any form, so a page that was open for a week still submits.
"""

from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from reviewhub.accounts.rights import ANYBODY, Actor
from reviewhub.accounts.signing_in import TOUCH_EVERY, find_session, touch_session
from reviewhub.accounts.tables import User
from reviewhub.errors import NotAllowed
from reviewhub.storage import ask_once
from reviewhub.web.context import PageFault, ground, now, reading, writing

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
STILL_ALLOWED = frozenset(
    {"accounts.stop_looking", "accounts.leave", "accounts.choose_theme", "demonstration.be_persona"}
)
STATIC_AGE = int(timedelta(days=365).total_seconds())


def cookie_name() -> str:
    """The session cookie's name; with the host-only prefix where the connection is encrypted."""
    return "__Host-reviewhub" if ground().settings.server.base_url.startswith("https:") else "reviewhub"


def guard(app: Flask) -> None:
    """Put the guards around every page of `app`."""
    app.before_request(refuse_nul)
    app.before_request(refuse_other_origins)
    app.before_request(recognise)
    app.before_request(refuse_changes_while_looking)
    app.after_request(seal)


def refuse_nul() -> None:
    """Refuse the one sign that nobody can type and not every database can keep, or look for."""
    sent = (value for fields in (request.args, request.form) for values in fields.listvalues() for value in values)
    if "\0" in request.path or any("\0" in value for value in sent):
        raise PageFault("The request holds a sign that no text can have (NUL), so it was not read.", 400)


def refuse_other_origins() -> None:
    """Refuse a writing request that another site caused."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site not in {"same-origin", "none"}:
        raise PageFault(_OTHER_SITE, 403)
    if origin is not None and _place_of(origin) != request.host:
        raise PageFault(_OTHER_SITE, 403)
    if site is None and origin is None and request.cookies.get(cookie_name()):
        referer = request.headers.get("Referer", "")
        if _place_of(referer) != request.host:
            raise PageFault(_OTHER_SITE, 403)


def _place_of(address: str) -> str:
    """Host and port of an address; "" where it is none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


_OTHER_SITE = "This was sent from another site, so nothing was changed; open the page here and try again."


def recognise() -> None:
    """Find out who asks, from the session's cookie; last-seen is written at most every five minutes."""
    g.actor, g.session_row, g.user, g.looking_user = ANYBODY, None, None, None
    secret = request.cookies.get(cookie_name())
    if not secret or request.endpoint == "static":
        return
    with reading() as session:
        found = find_session(session, secret=secret, now=now(), settings=ground().settings.sign_in)
        if found is None:
            return
        row, user = found
        ask_once(session, ("user", user.id), lambda: user)
        seen = session.get(User, row.looks_as_id) if row.looks_as_id else None
    g.session_row, g.user = row, user
    if seen is None:
        g.actor = Actor(user_id=user.id, name=user.name)
    else:
        g.actor = Actor(user_id=seen.id, name=seen.name, looking_for_id=user.id)
        g.looking_user = seen
    if row.seen_at < now() - TOUCH_EVERY:
        with writing() as session:
            touch_session(session, session_id=row.id, now=now())


def refuse_changes_while_looking() -> None:
    """Refuse what a person would change while viewing as somebody else: the second lock beside the table of rights."""
    if g.actor.looking_for_id is None or request.method in SAFE_METHODS or request.endpoint in STILL_ALLOWED:
        return
    raise NotAllowed("You are looking at the course as somebody else, so nothing can be changed.")


def seal(response: Response) -> Response:
    """Add the security headers, and let a page be kept only by its reader and only after asking again."""
    content = ground().settings.server.content_url
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
        f"connect-src 'self'; form-action 'self'; frame-src {content}; base-uri 'none'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint == "static":
        kept = f"public, max-age={STATIC_AGE}, immutable" if "v" in request.args else "public, no-cache"
        response.headers["Cache-Control"] = kept
        return response
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.vary.add("Cookie")
    if request.method in SAFE_METHODS and response.status_code == 200 and not response.is_streamed:
        if response.headers.get("ETag") is None:
            response.set_etag(sha256(response.get_data()).hexdigest()[:32])
        response.make_conditional(request)
    return response
