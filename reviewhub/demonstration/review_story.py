"""The reviewing part of the story: reviewers find many of the planted mistakes, miss some, say a few wrong things."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.accounts.tables import User
from reviewhub.courses.policy import FormItem
from reviewhub.courses.tables import Enrollment
from reviewhub.demonstration.cast import SLUG, Act, Cast, developer_of, draw
from reviewhub.demonstration.people import person_of
from reviewhub.demonstration.planted import PLANTED, Planted
from reviewhub.errors import BadInput
from reviewhub.github.objects import Objects
from reviewhub.projects.lookup import find_snapshot, living_projects, objects_of
from reviewhub.projects.tables import Project
from reviewhub.reviews.answering import Answer, answer_findings
from reviewhub.reviews.drafting import save_draft
from reviewhub.reviews.kinds import ResponseKind
from reviewhub.reviews.reassigning import release_assignment
from reviewhub.reviews.reviewing import file_finding
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.submitting import submit_review
from reviewhub.reviews.tables import Assignment, Review, ReviewEdition

# How often a reviewer sees a planted mistake of this severity.
SEEN = {"critical": 0.75, "major": 0.6, "minor": 0.5, "trivial": 0.35}
# How often developers name a finding that says the same as another its duplicate instead of answering it anew.
REPEATED = 0.4
# Those whose links are printed at the start: whoever tries them should find all that a student can have.
DILIGENT = {person_of(key).email for key in ("elif", "umut")}
# The project that also loses a member: the reviewer who begins it last drops out.
DROPPED = "ConsistencyModels"
QUESTION = (
    "Which seed was used for the figures? The README names one seed and the notebook sets another, so I could not tell "
    "which of them the table belongs to."
)
REMARK = "The figures are easy to read, and saying at each function which equation it implements helped me a lot."
WRONG = (
    "The batch size is smaller than in the paper, so the result cannot be reached. "
    "Please train again with the paper's batch size."
)
SUMMARY = (
    "I read the code against the paper and ran the notebook up to the training cell. The structure is clear. "
    "My findings are below; the most important ones are about how the numbers in the results table come about."
)


@dataclass(frozen=True, kw_only=True)
class Share:
    """One review of the story: who writes which, and when it is begun and handed in (None: it is not)."""

    review_id: str
    project: str
    reviewer: Actor
    email: str
    begins: datetime
    hands_in: datetime | None


def shares(cast: Cast, *, practice: bool = False) -> list[Share]:
    """Every review of the story that counts (or every practice review), in an order that tells nothing."""
    with cast.database.reading() as session:
        rows = session.execute(
            select(Review.id, Project.key, User)
            .join(Assignment, Assignment.id == Review.assignment_id)
            .join(Project, Project.id == Assignment.project_id)
            .join(Enrollment, Enrollment.id == Assignment.reviewer_id)
            .join(User, User.id == Enrollment.user_id)
            .where(Assignment.released_at.is_(None), Assignment.practice.is_(practice))
        ).all()
    return sorted((_share(cast, *row) for row in rows), key=lambda share: (share.begins, share.email, share.project))


def _share(cast: Cast, review_id: str, project: str, user: User) -> Share:
    chance = draw("review", user.email, project)
    first = cast.calendar.version_1 + timedelta(days=3, hours=4)
    window = cast.calendar.reviews - first - timedelta(hours=6)
    begins = first + window * (0.05 + 0.7 * chance.random())
    hands_in = begins + (cast.calendar.reviews - timedelta(hours=2) - begins) * (0.1 + 0.85 * chance.random())
    never = chance.random() < 0.05 and user.email not in DILIGENT
    return Share(
        review_id=review_id,
        project=project,
        reviewer=Actor(user_id=user.id, name=user.name),
        email=user.email,
        begins=begins,
        hands_in=None if never or cast.repository is None else hands_in,
    )


def reviewing(cast: Cast) -> Iterator[Act]:
    """Reviews are begun, filled and handed in; one reviewer drops out."""
    written = shares(cast)
    drop_out = next((one for one in reversed(written) if one.project == DROPPED and one.email not in DILIGENT), None)
    for share in written:
        yield Act(moment=share.begins, title=f"a review of {share.project} is begun", play=partial(_begin, cast, share))
        if share.hands_in is not None and share is not drop_out:
            yield Act(
                moment=share.hands_in,
                title=f"a review of {share.project} is handed in",
                play=partial(hand_in, cast, share),
            )
    if drop_out is not None and cast.repository is not None:
        yield Act(
            moment=cast.calendar.reviews - timedelta(days=1, hours=5),
            title="a reviewer drops out",
            play=partial(_drop_out, cast, drop_out),
        )


def place_of(planted: Planted) -> str:
    """The place of a planted mistake in one word, as links and forms write it."""
    if not planted.path:
        return "project"
    if not planted.first_line:
        return "file" if planted.cell is None else f"cell-{planted.cell}"
    lines = f"L{planted.first_line}" + (f"-L{planted.last_line}" if planted.last_line > planted.first_line else "")
    return lines if planted.cell is None else f"cell-{planted.cell}-{lines}"


def criterion_of(planted: Planted) -> str:
    """The rubric's row a planted mistake belongs to."""
    name = planted.path.rpartition("/")[2].lower()
    if name.endswith(".ipynb"):
        return "results" if planted.kind == "missing" else "notebook"
    if name.endswith(".py"):
        return "method" if planted.severity in {"critical", "major"} else "code"
    if name.startswith(("goals", "info")):
        return "goals"
    if name.endswith((".sh", ".txt", ".yml")):
        return "data"
    return "discussion"


def words_of(planted: Planted) -> str:
    """What a reviewer writes who has seen it."""
    return f"**{planted.title}.** {planted.text}"


def _begin(cast: Cast, share: Share, now: datetime) -> None:
    with cast.database.writing() as session:
        objects = objects_of(cast.settings.mirrors, cast.course(session))
        file = partial(_file, session, share, objects)
        for minute, planted in enumerate(_seen(share)):
            file(
                now + timedelta(minutes=11 * minute),
                path=planted.path,
                place=place_of(planted),
                kind=planted.kind,
                severity=planted.severity,
                category=criterion_of(planted),
                text=words_of(planted),
            )
        chance = draw("more", share.email, share.project)
        for kind, text, often in (("question", QUESTION, 0.3), ("remark", REMARK, 0.5), ("mistake", WRONG, 0.2)):
            if chance.random() < often:
                file(now, path="", place="project", kind=kind, severity="minor", category="method", text=text)


def _seen(share: Share) -> list[Planted]:
    chance = draw("sees", share.email, share.project)
    return [one for one in PLANTED if one.project == share.project and chance.random() < SEEN[one.severity]]


def _file(
    session: Session, share: Share, objects: Objects, now: datetime, *, path: str, place: str, **words: str
) -> None:
    """File a finding at its place; where the notebook cannot be read cell by cell, at the whole file."""
    for spot in dict.fromkeys((place, "file" if path else "project", "project")):
        try:
            file_finding(
                session,
                actor=share.reviewer,
                now=now,
                course=SLUG,
                review_id=share.review_id,
                objects=objects,
                path=path if spot != "project" else "",
                place=spot,
                **words,
            )
        except BadInput:
            continue
        return


def hand_in(cast: Cast, share: Share, now: datetime) -> None:
    """Answer the form, write a summary and hand in."""
    with cast.database.writing() as session:
        policy = cast.course(session).policy
        answers: dict[str, str] = {}
        for item in policy.review.form if policy.review else ():
            answers |= _answer(item, share)
        draft = save_draft(
            session, actor=share.reviewer, now=now, course=SLUG, review_id=share.review_id,
            given=answers | {"summary": SUMMARY}, was={},
        )  # fmt: skip
        submit_review(
            session, actor=share.reviewer, now=now, course=SLUG, review_id=share.review_id, edition=draft.review.edition
        )


def _answer(item: FormItem, share: Share) -> dict[str, str]:
    chance = draw("form", share.email, share.project, item.key)
    name = f"form-{item.key}"
    if item.kind == "table":
        rows = (
            ("Main metric", "as in the table", "a little worse", "10 %"),
            ("Samples", "sharp", "recognisable", "by eye"),
        )
        return {
            f"{name}-{row}-{column}": text
            for row, cells in enumerate(rows)
            for column, text in enumerate(cells[: len(item.columns)])
        }
    if item.kind == "yes_partly_no":
        choice = chance.choices(("yes", "partly", "no"), (6, 3, 1))[0]
        comment = {"yes": "", "partly": "See my findings.", "no": "I looked for it and did not find it."}[choice]
        return {name: choice, f"{name}-comment": comment}
    if item.kind == "yes_no":
        return {name: chance.choice(("yes", "no"))}
    if item.kind == "scale":
        return {name: str(chance.randint(2, item.steps))}
    return {name: "Thank you for a readable submission."} if chance.random() < 0.6 else {}


def _drop_out(cast: Cast, share: Share, now: datetime) -> None:
    with cast.database.writing() as session:
        release_assignment(
            session,
            actor=cast.instructor(session),
            now=now,
            course=SLUG,
            assignment_id=session.get_one(Review, share.review_id).assignment_id,
            reason="In hospital since Monday; a certificate was shown.",
        )


def responding(cast: Cast) -> Iterator[Act]:
    """Developers answer most of the findings between the reviews and their own deadline."""
    end = cast.calendar.responses or cast.calendar.version_2
    with cast.database.reading() as session:
        keys = [project.key for project in living_projects(session, cast.course(session))]
    for key in keys:
        chance = draw("answers", key)
        for part in range(2):
            moment = cast.calendar.reviews + (end - cast.calendar.reviews) * (0.1 + 0.4 * part + 0.35 * chance.random())
            yield Act(
                moment=moment, title=f"{key} answers its reviewers", play=partial(_answer_findings, cast, key, part)
            )


def _answer_findings(cast: Cast, key: str, part: int, now: datetime) -> None:
    with cast.database.writing() as session:
        project = next(one for one in living_projects(session, cast.course(session)) if one.key == key)
        developer = developer_of(session, project)
        version_1 = find_snapshot(session, project, 1)
        if developer is None or version_1 is None:
            return
        planted = {words_of(one): one for one in PLANTED if one.project == key}
        first: dict[str, str] = {}
        for number, (finding_id, text, kind) in enumerate(said_of(session, project)):
            original = first.setdefault(text, finding_id)
            if number % 2 != part or draw("silent", finding_id[:0], key, str(number)).random() < 0.08:
                continue
            answer, words = _reply(planted.get(text), kind, chance=draw("reply", key, str(number)).random())
            if original != finding_id and text in planted and draw("again", key, str(number)).random() < REPEATED:
                answer, words = ResponseKind.DUPLICATE, ""
            answer_findings(
                session,
                actor=developer,
                now=now + timedelta(minutes=number),
                course=SLUG,
                key=key,
                finding_ids=[finding_id],
                answer=Answer(
                    kind=answer, text=words, duplicate_of=original if answer is ResponseKind.DUPLICATE else ""
                ),
            )


def said_of(session: Session, project: Project) -> list[tuple[str, str, str]]:
    """What the last editions of a project's reviews say: finding id, text and kind, in a settled order."""
    rows = session.scalars(
        select(ReviewEdition)
        .join(Review, (Review.id == ReviewEdition.review_id) & (Review.edition == ReviewEdition.edition))
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(Assignment.project_id == project.id, Assignment.released_at.is_(None))
        .order_by(ReviewEdition.submitted_at, ReviewEdition.digest)
    )
    return [
        (finding.finding_id, finding.text, finding.kind)
        for edition in rows
        for finding in findings_in(edition.content)
        if not finding.withdrawn
    ]


def _reply(planted: Planted | None, kind: str, *, chance: float) -> tuple[ResponseKind, str]:
    if planted is not None and planted.fixed_in_v2:
        return ResponseKind.WILL_FIX, "You are right, thank you. We will mend this in version 2 and train again."
    if planted is not None:
        return ResponseKind.NOT_IN_SCOPE, "True, but there was no time to train once more; we say so in the README."
    if kind == "question":
        return ResponseKind.WILL_FIX, "Seed 796 throughout; we will make the README say the same."
    if kind == "remark":
        return ResponseKind.NOT_IN_SCOPE, "Thank you!"
    if chance < 0.4:
        return (
            ResponseKind.CANNOT_REPRODUCE,
            "We ran it with your batch size: the loss falls as before. Which cell do you mean?",
        )
    return ResponseKind.DISAGREE, "The smaller batch is written down as a deviation, with its effect, in the README."
