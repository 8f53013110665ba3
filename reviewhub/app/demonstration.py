"""The demonstration's bar: be somebody else by a click, move the clock forward. Only on loopback."""

from threading import Lock, Thread
from typing import Any

import structlog
from flask import Blueprint, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from reviewhub.accounts.pages import carry_session
from reviewhub.accounts.rights import Action
from reviewhub.accounts.signing_in import open_session
from reviewhub.accounts.tables import User
from reviewhub.demonstration.people import STAFF, STUDENTS
from reviewhub.demonstration.staging import Stage
from reviewhub.errors import BadInput, NotAllowed
from reviewhub.storage import ShiftedClock
from reviewhub.web import ground, needs, now, reading, render, safe_next, settings, writing
from reviewhub.web.guards import cookie_name
from reviewhub.web.operations import is_at_this_machine

blueprint = Blueprint("demonstration", __name__, url_prefix="/demonstration")
log = structlog.get_logger()

_moving = Lock()
_progress = {"text": ""}


def _only_on_loopback() -> None:
    """Refuse everybody who does not sit at this machine."""
    if not settings().demonstration.personas or not is_at_this_machine():
        msg = "The demonstration's switches work only on the machine it runs on."
        raise NotAllowed(msg)


blueprint.before_request(_only_on_loopback)


@blueprint.post("/persona")
@needs(Action.VISIT)
def be_persona() -> ResponseReturnValue:
    """Sign in as the chosen invented person."""
    with writing() as session:
        user = session.scalar(select(User).where(User.email == request.form.get("persona", "")))
        if user is None:
            msg = "There is no such person in the demonstration."
            raise BadInput(msg)
        secret = open_session(
            session,
            user_id=user.id,
            browser=request.headers.get("User-Agent", ""),
            old_secret=request.cookies.get(cookie_name()),
            now=now(),
            settings=settings().sign_in,
        )
    target = safe_next(request.form.get("next"))
    return carry_session(redirect("/" if target.startswith("/sign-in") else target, 303), secret)


@blueprint.post("/phase")
@needs(Action.VISIT)
def go_to_phase() -> ResponseReturnValue:
    """Let the invented people live on until the chosen stop, and put the clock there."""
    stage = _stage()
    stop = next((stop for stop in stage.stops if stop.key == request.form.get("phase")), None)
    if stop is None or stop.moment <= now():
        msg = "The clock only goes forward here; start again with `reviewhub demo --at PHASE` to go back."
        raise BadInput(msg)
    if _moving.acquire(blocking=False):
        application = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way
        Thread(target=_move, args=(application, stage, stop.key), daemon=True).start()
    return redirect(url_for("demonstration.show_progress", next=safe_next(request.form.get("next"))), 303)


def _move(application: Any, stage: Stage, key: str) -> None:
    try:
        with application.app_context():
            stage.play_to(key, tell=lambda text: _progress.update(text=text))
    except Exception:
        log.exception("the demonstration could not go on")
        _progress.update(text="The demonstration could not go on; the log says why.")
        raise
    finally:
        _moving.release()


@blueprint.get("/progress")
@needs(Action.VISIT)
def show_progress() -> ResponseReturnValue:
    """Say how far the invented people are; go on to the page once they are done."""
    if not _moving.locked():
        return redirect(safe_next(request.args.get("next")), 303)
    return render("web/moving.html", text=_progress["text"], next=safe_next(request.args.get("next")))


def _stage() -> Stage:
    here = ground()
    assert isinstance(here.clock, ShiftedClock)
    return Stage(settings=here.settings, database=here.database, clock=here.clock)


def bar() -> dict[str, Any]:
    """The slot of the demonstration's bar, and the persons of the sign-in page."""
    known = {person.email: person for person in (*STAFF, *STUDENTS)}
    with reading() as session:
        users = session.scalars(select(User).where(User.email.in_(known)).order_by(User.name)).all()
    me = g.user.email if g.get("user") else ""
    order = sorted(users, key=lambda user: (known[user.email].role != "instructor", known[user.email].role, user.name))
    stops = _stage().stops
    here = [stop for stop in stops if stop.moment <= now()]
    return {
        "demo": {
            "personas": [(user.email, f"{user.name} ({known[user.email].role})", user.email == me) for user in order],
            "persona_url": url_for("demonstration.be_persona"),
            "clock": now(),
            "phases": [
                (stop.key, stop.title, bool(here) and stop is here[-1])
                for stop in stops
                if stop.moment > now() or (here and stop is here[-1])
            ],
            "clock_url": url_for("demonstration.go_to_phase"),
        },
        "personas": [(user.name, user.email, known[user.email].role) for user in order],
        "persona_url": url_for("demonstration.be_persona"),
    }
