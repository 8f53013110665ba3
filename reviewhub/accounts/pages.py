"""Pages of the account: sign in by mail, sign out, where one is signed in, light or dark."""

from urllib.parse import quote

from flask import Blueprint, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.wrappers import Response

from reviewhub.accounts.rights import Action
from reviewhub.accounts.signing_in import (
    ask_for_link,
    look_as,
    sign_out,
    sign_out_everywhere,
    use_link,
)
from reviewhub.accounts.tables import SignedInSession
from reviewhub.errors import BadInput
from reviewhub.web import back_to, current_actor, needs, now, reading, render, safe_next, settings, writing
from reviewhub.web.guards import cookie_name

blueprint = Blueprint("accounts", __name__)

THEMES = {"light", "dark", ""}
YEAR = 365 * 24 * 3600


@blueprint.get("/sign-in")
@needs(Action.VISIT)
def sign_in() -> ResponseReturnValue:
    """Ask for the mail address."""
    return render("accounts/sign_in.html", next=safe_next(request.args.get("next")), email="", error="")


@blueprint.post("/sign-in")
@needs(Action.VISIT)
def send_link() -> ResponseReturnValue:
    """Mail the link, and say the same whether or not somebody has that address."""
    email, target = request.form.get("email", "").strip(), safe_next(request.form.get("next"))
    if "@" not in email:
        text = "Please write your whole mail address, like ada@example.org."
        return render("accounts/sign_in.html", next=target, email=email, error=text), 422
    address = settings().server.base_url + "/sign-in/{secret}" + ("" if target == "/" else f"?next={quote(target)}")
    with writing() as session:
        ask_for_link(session, email=email, address=address, now=now(), settings=settings().sign_in)
    return render("accounts/sign_in_sent.html", email=email, minutes=settings().sign_in.link_minutes)


@blueprint.get("/sign-in/<secret>")
@needs(Action.VISIT)
def confirm_link(secret: str) -> ResponseReturnValue:
    """Ask for one click: a mail program that opens links to look at them must not use them up."""
    return render("accounts/sign_in_confirm.html", secret=secret, next=safe_next(request.args.get("next")))


@blueprint.post("/sign-in/<secret>")
@needs(Action.VISIT)
def follow_link(secret: str) -> ResponseReturnValue:
    """Use the link up and begin a session."""
    with writing() as session:
        fresh = use_link(
            session,
            secret=secret,
            browser=request.headers.get("User-Agent", ""),
            old_secret=request.cookies.get(cookie_name()),
            now=now(),
            settings=settings().sign_in,
        )
    return carry_session(redirect(safe_next(request.form.get("next")), 303), fresh)


def carry_session(response: Response, secret: str) -> Response:
    """Put the session's secret into the browser's cookie: for this host only, and out of reach of scripts."""
    response.set_cookie(
        cookie_name(),
        secret,
        max_age=settings().sign_in.absolute_days * 24 * 3600,
        path="/",
        secure=cookie_name().startswith("__Host-"),
        httponly=True,
        samesite="Lax",
    )
    return response


@blueprint.post("/sign-out")
@needs(Action.VISIT)
def leave() -> ResponseReturnValue:
    """End this browser's session."""
    with writing() as session:
        sign_out(session, secret=request.cookies.get(cookie_name(), ""), now=now())
    response = back_to("accounts.sign_in", done="You are signed out.")
    response.delete_cookie(cookie_name(), path="/")
    return response


@blueprint.get("/sessions")
@needs(Action.USE_OWN_ACCOUNT)
def show_sessions() -> ResponseReturnValue:
    """Where the person is signed in."""
    with reading() as session:
        rows = session.scalars(
            select(SignedInSession)
            .where(SignedInSession.user_id == g.user.id, SignedInSession.ended_at.is_(None))
            .where(SignedInSession.expires_at > now())
            .order_by(SignedInSession.seen_at.desc(), SignedInSession.id)
        ).all()
    return render("accounts/sessions.html", sessions=rows, current_id=g.session_row.id)


@blueprint.post("/sessions/end-all")
@needs(Action.USE_OWN_ACCOUNT)
def leave_everywhere() -> ResponseReturnValue:
    """End every session of the person."""
    with writing() as session:
        sign_out_everywhere(session, user_id=g.user.id, now=now())
    return back_to("accounts.sign_in", done="You are signed out everywhere.")


@blueprint.post("/theme")
@needs(Action.VISIT)
def choose_theme() -> ResponseReturnValue:
    """Remember light, dark or as the system says."""
    theme = request.form.get("theme", "")
    if theme not in THEMES:
        msg = "Colours are light, dark or as the system says."
        raise BadInput(msg)
    response = make_response(redirect(safe_next(request.form.get("next")), 303))
    response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax")
    return response


@blueprint.post("/look-as/stop")
@needs(Action.VISIT)
def stop_looking() -> ResponseReturnValue:
    """Be oneself again."""
    with writing() as session:
        if g.session_row is not None and g.session_row.looks_as_id:
            look_as(session, session_id=g.session_row.id, user_id=None, actor=current_actor(), now=now())
    return redirect(url_for("home.home"), 303)
