"""The staff's progress board: how far every review is; many of them changed at once by dry run, and undone."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Action
from reviewhub.courses.extending import read_local_moment
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, Conflict
from reviewhub.reviews.asking import ask_question
from reviewhub.reviews.bulk_changing import (
    LONGEST_TEXT,
    Outdated,
    last_changes,
    make_change,
    mark_read,
    plan_change,
    show_change,
    undo_change,
)
from reviewhub.reviews.bulk_plans import WORDS, BulkAct, BulkPlan, BulkWish
from reviewhub.reviews.facts import assignments_facts
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.pair_lists import write_pairs
from reviewhub.reviews.progress import (
    RISK_RULE,
    STATES,
    BoardChoice,
    Errand,
    ReviewProgress,
    choose_rows,
    count_states,
    read_choice,
    share_rows,
)
from reviewhub.reviews.progress_board import activity_per_day, load_progress
from reviewhub.web import back_to, current_actor, needs, now, reading, render, writing
from reviewhub.web.charts import Part, bar_chart, stacked_meter
from reviewhub.web.formatting import MONTHS, format_instant, plural

VIEWS = {"": "Reviews", "reviewer": "By reviewer", "project": "By project"}
ERRANDS = (
    (Errand.WRITE, "their reviewer, to hand in"),
    (Errand.ANSWER, "the developers, to answer"),
    (Errand.CHECK, "their reviewer, to check fixes"),
)
COLUMNS = (
    "reviewer", "project", "state", "practice", "findings", "answered", "checked", "due", "handed in", "last activity",
    "unread", "last reminded", "at risk",
)  # fmt: skip


@blueprint.get("/c/<course>/progress")
@needs(Action.SEE_PROGRESS, assignments_facts)
def show_progress(course: str) -> ResponseReturnValue:
    """The board: reviews as the address chooses and orders them, or summed up by reviewer or by project."""
    choice = read_choice(request.args)
    view = request.args.get("by", "")
    with reading() as session:
        row = find_course(session, course)
        every = load_progress(session, row, now())
        activity = activity_per_day(session, row, now())
        changes = last_changes(session, row)
    shown = choose_rows(every, choice)
    return render(
        "reviews/progress.html",
        slug=course,
        policy=row.policy,
        every=every,
        rows=shown,
        choice=choice,
        view=view if view in VIEWS else "",
        views=VIEWS,
        shares=share_rows(shown, by=view) if view in {"reviewer", "project"} else [],
        states=STATES,
        counts=count_states(every),
        errands=ERRANDS,
        acts=_acts(row),
        changes=changes,
        words=WORDS,
        risk_rule=RISK_RULE,
        states_picture=_states_picture(every),
        activity_picture=bar_chart(
            "What happened on each day", [f"{day.day} {MONTHS[day.month - 1]}" for day, _ in activity],
            [number for _, number in activity],
        ),
    )  # fmt: skip


@blueprint.get("/c/<course>/progress.csv")
@needs(Action.SEE_PROGRESS, assignments_facts)
def download_progress(course: str) -> ResponseReturnValue:
    """The rows that the address chooses, in its order, as CSV; moments are UTC."""
    with reading() as session:
        rows = choose_rows(load_progress(session, find_course(session, course), now()), read_choice(request.args))
    headers = {
        "Content-Disposition": f'attachment; filename="{course}-progress.csv"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(
        write_pairs(COLUMNS, [_cells(row) for row in rows]), content_type="text/csv; charset=utf-8", headers=headers
    )


@blueprint.post("/c/<course>/progress/dry-run")
@needs(Action.CHANGE_TOGETHER, assignments_facts)
def show_dry_run(course: str) -> ResponseReturnValue:
    """What an act would do to the reviews chosen; nothing is changed."""
    return _dry_run(course)


@blueprint.post("/c/<course>/progress/changes")
@needs(Action.CHANGE_TOGETHER, assignments_facts)
def make_a_change(course: str) -> ResponseReturnValue:
    """Do what the dry run showed; where something changed since, show how it is now."""
    number = request.form.get("number", "")
    try:
        with writing() as session:
            made = make_change(
                session, actor=current_actor(), now=now(), course=course,
                wish=_wish(find_course(session, course)), number=int(number) if number.isdecimal() else 0,
                digest=request.form.get("digest", ""), reason=request.form.get("reason", ""),
            )  # fmt: skip
    except Outdated as fault:
        return _dry_run(course, refused=fault.message, status=409)
    except BadInput as fault:
        return _dry_run(course, refused=fault.message, status=422)
    return back_to("reviews.show_a_change", course=course, change_id=made.id)


@blueprint.get("/c/<course>/progress/changes/<change_id>")
@needs(Action.SEE_PROGRESS, assignments_facts)
def show_a_change(course: str, change_id: str) -> ResponseReturnValue:
    """What a change did, and the way to undo it or why there is none."""
    with reading() as session:
        shown = show_change(session, course=find_course(session, course), change_id=change_id)
    return render("reviews/bulk_change.html", slug=course, shown=shown, change=shown.change, words=WORDS)


@blueprint.post("/c/<course>/progress/changes/<change_id>/undo")
@needs(Action.CHANGE_TOGETHER, assignments_facts)
def undo_a_change(course: str, change_id: str) -> ResponseReturnValue:
    """Take a whole change back."""
    with writing() as session:
        undo_change(session, actor=current_actor(), now=now(), course=course, change_id=change_id)
    return back_to("reviews.show_a_change", course=course, change_id=change_id, done="Everything of it is undone.")


@blueprint.post("/c/<course>/progress/read")
@needs(Action.CHANGE_TOGETHER, assignments_facts)
def mark_messages_read(course: str) -> ResponseReturnValue:
    """Say that the staff have read the messages about the reviews shown."""
    choice = read_choice(request.form)
    with writing() as session:
        count = mark_read(session, actor=current_actor(), now=now(), course=course, choice=choice)
    done = f"The messages about {plural(count, 'review')} count as read."
    return back_to("reviews.show_progress", course=course, done=done, **choice.as_fields())


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """The mails of one kind of person: what they are asked, who they are, and the first mail as it is sent."""

    title: str
    names: list[str]
    subject: str
    text: str


def _dry_run(course: str, *, refused: str = "", status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        row = find_course(session, course)
        act = _act()
        try:
            wish = _wish(row)
            plan = plan_change(session, actor=current_actor(), now=now(), course=course, wish=wish)
        except (BadInput, Conflict) as fault:
            plan = None
            refused, status = refused or fault.message, status if refused else _status_of(fault)
        reviewers = _reviewers(session, row) if act is BulkAct.REASSIGN else []
    zone = row.policy.tzinfo
    until = plan.wish.due_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if plan and plan.wish.due_at else ""
    page = render(
        "reviews/bulk_dry_run.html", slug=course, act=act, words=WORDS[act], plan=plan, problem=refused,
        fields=_fields(), until=until or request.form.get("due_at", ""), reviewers=reviewers, form=request.form,
        kinds=_kinds(plan), choice=_choice(),
    )  # fmt: skip
    return page, status


def _status_of(fault: BadInput | Conflict) -> int:
    return 422 if isinstance(fault, BadInput) else 409


def _act() -> BulkAct:
    given = request.form.get("act", "")
    if given not in set(BulkAct):
        raise BadInput("Choose what to do with the reviews.")
    return BulkAct(given)


def _choice() -> BoardChoice:
    return read_choice(request.form)


def _wish(course: Course) -> BulkWish:
    form = request.form
    until = form.get("due_at", "").strip()
    due_at: datetime | None = read_local_moment(course.policy, until) if until else None
    return BulkWish(
        act=_act(),
        choice=_choice(),
        chosen=None if form.get("scope") == "shown" else frozenset(form.getlist("chosen")),
        due_at=due_at,
        to=form.get("to", ""),
        note=form.get("note", "").replace("\r\n", "\n").strip()[:LONGEST_TEXT],
        force=bool(form.get("force")),
    )


def _fields() -> list[tuple[str, str]]:
    """What the next form carries unseen: the act and its rows, exactly as asked for."""
    form = request.form
    kept = [("act", form.get("act", "")), *_choice().as_fields().items()]
    if form.get("scope") == "shown":
        kept.append(("scope", "shown"))
    else:
        kept += [("chosen", one) for one in form.getlist("chosen")]
    return kept


def _reviewers(session: Session, course: Course) -> list[tuple[str, str]]:
    question = ask_question(session, course, each=1, seed=0)
    return sorted(((one.reviewer_id, one.name) for one in question.reviewers), key=lambda row: row[1].casefold())


def _kinds(plan: BulkPlan | None) -> list[_Kind]:
    """The mails of a plan by what they ask for."""
    titles = {Errand.WRITE: "hand in a review", Errand.ANSWER: "answer findings", Errand.CHECK: "check fixes"}
    found: dict[str, _Kind] = {}
    for line in plan.doable if plan else ():
        if line.mail is not None:
            asked = {errand for _, errand in line.mail.errands}
            title = " and ".join(words for errand, words in titles.items() if errand in asked)
            kind = found.setdefault(
                title, _Kind(title=title, names=[], subject=line.mail.subject, text=line.mail.text)
            )  # fmt: skip
            kind.names.append(line.who)
    return list(found.values())


def _acts(course: Course) -> list[tuple[str, str]]:
    """The buttons below the rows: those that the course file leaves any use for."""
    review = course.policy.review
    useless = {
        BulkAct.EXTEND: not course.policy.extensions.allowed,
        BulkAct.SHOW: review is None or review.release != "by_hand",
    }
    return [(act.value, WORDS[act].button) for act in BulkAct if not useless.get(act)]


def _states_picture(rows: list[ReviewProgress]) -> str:
    counts = count_states(rows)
    parts = [Part(name=words.word, value=counts[state], tone=words.tone) for state, words in STATES.items()]
    return stacked_meter("How far the reviews are", parts)


def _cells(row: ReviewProgress) -> list[str]:
    moments = [
        format_instant(at) if at else "" for at in (row.due_at, row.submitted_at, row.last_activity, row.reminded_at)
    ]
    due, handed_in, activity, reminded = moments
    return [
        row.reviewer, row.project, row.words.word, "yes" if row.practice else "", str(row.findings), str(row.answered),
        str(row.checked), due, handed_in, activity, str(row.unread), reminded, ", ".join(row.risks),
    ]  # fmt: skip
