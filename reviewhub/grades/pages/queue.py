"""The graders' queue: the projects that ask for most attention first, who is at work, and who is to grade what."""

from flask import request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from reviewhub.accounts.rights import Action, allows
from reviewhub.courses.facts import find_course
from reviewhub.errors import BadInput
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.grader_shares import TASK_WORDS, Task
from reviewhub.grades.pages.room import blueprint
from reviewhub.grades.queue_rows import STATE_TONES, STATE_WORDS, Queue, State, read_queue
from reviewhub.grades.queue_views import SORTS, Choice, shown_rows
from reviewhub.grades.sharing_grading import assign_grader, share_out_grading
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, writing
from reviewhub.web.charts import Part, stacked_meter


@blueprint.get("/c/<course>/grading")
@needs(Action.GRADE, grading_facts)
def show_grading(course: str) -> ResponseReturnValue:
    """The projects of the course, those that ask for most attention first; filtered and sorted as asked for."""
    return _page(course)


@blueprint.post("/c/<course>/grading/graders")
@needs(Action.ASSIGN_GRADERS, grading_facts)
def assign_graders(course: str) -> ResponseReturnValue:
    """Say who grades the chosen projects or reads them second, or share out all that nobody has yet."""
    task = Task.READS if request.form.get("task") == Task.READS else Task.GRADES
    try:
        changed = _assign(course, task)
    except BadInput as fault:
        return _page(course, refused=fault.message), 422
    what = "Who grades" if task is Task.GRADES else "Who reads second"
    projects = "1 project" if changed == 1 else f"{changed} projects"
    done = f"{what} is said anew for {projects}." if changed else "Nothing had to be changed."
    return back_to("grades.show_grading", course=course, done=done)


def _assign(course: str, task: Task) -> int:
    with writing() as session:
        if request.form.get("share"):
            return share_out_grading(session, actor=current_actor(), now=now(), course=course, task=task)
        return assign_grader(
            session,
            actor=current_actor(),
            now=now(),
            course=course,
            keys=request.form.getlist("chosen"),
            task=task,
            grader_id=request.form.get("grader", ""),
        )


def _page(course: str, *, refused: str = "") -> str:
    choice = Choice.read(request.args)
    with reading() as session:
        row = find_course(session, course)
        queue = read_queue(session, row, now(), looking=current_actor().user_id or "")
    return render(
        "grades/grading.html",
        slug=course,
        queue=queue,
        rows=shown_rows(queue.rows, choice),
        choice=choice,
        sorts=SORTS,
        states={state: (STATE_WORDS[state], STATE_TONES[state]) for state in State},
        pictures=_pictures(queue),
        tasks=TASK_WORDS,
        deadline=row.policy.deadlines.grading,
        is_peer_reviewed=row.policy.is_peer_reviewed,
        may_assign=queue.is_open and len(queue.staff) > 1 and allows(Action.ASSIGN_GRADERS, current_facts()),
        refused=refused,
    )


def _pictures(queue: Queue) -> tuple[Markup, Markup]:
    """How far the whole course is: its projects by state, its findings by what was made of them."""
    projects = [Part(name=STATE_WORDS[one], value=many, tone=STATE_TONES[one]) for one, many in queue.states.items()]
    tones = {"accepted": "good", "rejected": "bad", "undecided": "accent"}
    words = {"accepted": "Accepted", "rejected": "Rejected", "undecided": "To decide"}
    findings = [Part(name=words[key], value=many, tone=tones[key]) for key, many in queue.findings.items()]
    return stacked_meter("Projects", projects), stacked_meter("Findings", findings)
