"""Appeals: filed by whose grade it is, once, after the release; decided once, with a reason for everybody concerned."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from reviewhub.accounts.tables import Event
from reviewhub.errors import BadInput, Conflict, NotAllowed, NotFound
from reviewhub.grades.appeal_facts import appealing_of
from reviewhub.grades.appeal_reading import read_all_appeals, read_own_appeals
from reviewhub.grades.appeal_tables import Appeal
from reviewhub.grades.appealable import GroundKind
from reviewhub.grades.appealing import decide_appeal, file_appeal, take_back_decision, withdraw_appeal
from reviewhub.grades.evidence import Verdict
from reviewhub.grades.facts import latest_release
from reviewhub.grades.grading import accept_finding, record_mistake, reject_finding, undo_mistake
from reviewhub.grades.marking import set_verdict
from reviewhub.mail.tables import Mail
from tests.grades.test_grading import DRAFT, Bench
from tests.grades.test_releasing import mark_all, release
from tests.grades.worlds import GRADING, LINES

LATER = GRADING + timedelta(hours=3)
WHY = "Equation 4 has the same sign; see line 12."


class Court:
    """Released grades of AWGAN: M1 noted by Cem, M2 missed by everybody; Cem's question was rejected."""

    def __init__(self, database) -> None:
        self.bench = Bench(database)
        self.database, self.world = database, self.bench.world
        self.noted = self.bench.do(accept_finding, finding_id=self.finding(1), draft=DRAFT)
        self.missed = self.bench.do(record_mistake, draft=DRAFT, version_in=1, place=LINES)
        self.bench.do(reject_finding, finding_id=self.finding(2), reason="Section 3.2 says so.")
        for mistake_id in (self.noted, self.missed):
            self.bench.do(set_verdict, mistake_id=mistake_id, verdict=Verdict.NOT_FIXED, seen=None)
        mark_all(self.bench)

    def finding(self, number: int) -> str:
        return self.world.findings[f"AWGAN/Cem/{number}"]

    def file(self, by, kind, target, text=WHY, now=LATER):
        with self.database.writing() as session:
            actor = self.world.actor(by)
            return file_appeal(session, actor=actor, now=now, course="ceng796", kind=kind, target=target, text=text).id

    def do(self, verb, appeal_id, *, by, now=LATER, **more):
        with self.database.writing() as session:
            return verb(session, actor=self.world.actor(by), now=now, course="ceng796", appeal_id=appeal_id, **more)

    def decide(self, appeal_id, outcome="granted", *, by="Ida", reason="The sign is right.", now=LATER):
        return self.do(decide_appeal, appeal_id, by=by, outcome=outcome, reason=reason, now=now)

    def grounds(self, name):
        with self.database.reading() as session:
            return appealing_of(session, self.world.course, self.world.actor(name)).grounds

    def seen_by(self, name):
        """The appeals a student reads: title, state, whether the words are there."""
        with self.database.reading() as session:
            mine = read_own_appeals(session, self.world.course, self.world.people[name])
            return [(one.title, one.state, bool(one.text), one.filed_by) for one in mine]

    def mails(self):
        """Who was told what, by name, in order of posting."""
        names = {f"{name.lower()}-ceng796@example.org": name for name in self.world.people}
        with self.database.reading() as session:
            rows = session.scalars(select(Mail).where(Mail.key.startswith("appeal-")).order_by(Mail.to, Mail.key))
            return [(names[row.to], row.subject) for row in rows]


@pytest.fixture
def closed_court(database):
    """Before the release."""
    return Court(database)


@pytest.fixture
def court(closed_court):
    release(closed_court.bench)
    return closed_court


def test_nothing_can_be_appealed_before_the_release(closed_court):
    with pytest.raises(NotAllowed, match="your own released grades"):
        closed_court.file("Ayşe", "mistake", closed_court.noted)


def test_any_member_appeals_a_mistake_of_the_project_and_the_other_member_reads_it(court):
    appeal_id = court.file("Baran", "mistake", court.noted)

    assert court.seen_by("Ayşe") == [("M1 “Wrong sign” of AWGAN", "open", True, "Baran")]
    with court.database.reading() as session:
        row = session.get_one(Appeal, appeal_id)
        assert row.said == [
            "−8.00 · M1 “Wrong sign”: a major mistake takes 8 points off its criterion.",
            "−8.00 · M1 “Wrong sign” was in version 1 and is not fixed in version 2: 1 × its 8 points.",
        ]
    assert court.mails() == [
        ("Ali", "An appeal in Deep Generative Models"),
        ("Ida", "An appeal in Deep Generative Models"),
    ]


def test_reviewers_whom_it_concerns_read_the_decision_only_and_no_name(court):
    appeal_id = court.file("Baran", "mistake", court.noted)
    before = court.seen_by("Cem")

    court.decide(appeal_id, "partly")

    assert before == []
    assert court.seen_by("Cem") == [("M1 “Wrong sign” of AWGAN", "granted in part", False, "")]
    told = [(name, subject) for name, subject in court.mails() if name not in {"Ali", "Ida"}]
    subject = "in Deep Generative Models: granted in part"
    assert told == [
        ("Ayşe", f"Your appeal {subject}"),
        ("Baran", f"Your appeal {subject}"),
        ("Cem", f"An appeal that concerns you {subject}"),
        ("Defne", f"An appeal that concerns you {subject}"),
    ]


def test_reviewer_appeals_what_was_not_awarded_and_developers_learn_no_name(court):
    appeal_id = court.file("Cem", "finding", court.finding(2))
    court.decide(appeal_id, "denied", reason="Section 3.2 says so, as the release told.")

    assert court.seen_by("Ayşe") == [("Finding 2 of a review of AWGAN", "denied", False, "")]
    assert court.seen_by("Cem") == [("Finding 2 of a review of AWGAN", "denied", True, "Cem")]
    with court.database.reading() as session:
        texts = session.scalars(select(Mail.text).where(Mail.to.startswith("ayşe"), Mail.key.startswith("appeal-")))
        assert not any("Cem" in text for text in texts)


def test_reviewer_appeals_a_mistake_they_missed(court):
    appeal_id = court.file("Defne", "mistake", court.missed)

    court.decide(appeal_id)

    assert [name for name, _ in court.mails() if name not in {"Ali", "Ida"}] == ["Ayşe", "Baran", "Cem", "Defne"]


def test_everything_of_ones_own_can_be_appealed_and_nothing_of_others(court):
    developer, reviewer = court.grounds("Ayşe"), court.grounds("Cem")

    assert {kind for kind, _ in developer} >= {GroundKind.LINE, GroundKind.MISTAKE, GroundKind.CRITERION}
    assert {kind for kind, _ in reviewer} >= {GroundKind.LINE, GroundKind.MISTAKE, GroundKind.FINDING}
    assert (GroundKind.MATCH, f"{court.finding(1)}.{court.noted}") in reviewer
    assert (GroundKind.MISTAKE, court.missed) in reviewer
    assert (GroundKind.MISTAKE, court.noted) not in reviewer
    assert (GroundKind.FINDING, court.finding(2)) not in developer
    project = court.world.projects["AWGAN"].id
    assert (GroundKind.CRITERION, f"{project}.1.method") in developer
    assert (GroundKind.CRITERION, f"{project}.1.method") not in reviewer


@pytest.mark.parametrize("name", ["Ayşe", "Defne"])
def test_thing_of_somebody_else_is_not_there(court, name):
    with pytest.raises(NotFound, match="nothing of this kind"):
        court.file(name, "finding", court.finding(1))
    with pytest.raises(NotFound):
        court.file(name, "no such kind", court.finding(1))


def test_staff_and_strangers_file_nothing(court):
    for name in ("Ida", "Ali"):
        with pytest.raises(NotAllowed):
            court.file(name, "mistake", court.noted)


@pytest.mark.parametrize(("text", "told"), [("  ", "Say why"), ("x" * 5001, "longer than 5,000 characters")])
def test_appeal_needs_words_and_not_too_many(court, text, told):
    with pytest.raises(BadInput, match=told):
        court.file("Ayşe", "mistake", court.noted, text=text)


def test_double_click_files_one_appeal(court):
    assert court.file("Ayşe", "mistake", court.noted) == court.file("Ayşe", "mistake", court.noted)
    assert len(court.mails()) == 2


def test_side_appeals_a_thing_once_until_it_is_withdrawn(court):
    first = court.file("Ayşe", "mistake", court.noted)
    for name in ("Ayşe", "Baran"):
        with pytest.raises(Conflict, match="appealed already"):
            court.file(name, "mistake", court.noted, text="Other words.")
    court.file("Defne", "mistake", court.missed)  # another side, another thing
    court.file("Ayşe", "mistake", court.missed)  # the same thing, another side

    court.do(withdraw_appeal, first, by="Baran")

    assert court.file("Baran", "mistake", court.noted, text="Other words.") != first


def test_parallel_filings_make_one_appeal(court):
    barrier, told = Barrier(8), []

    def file() -> None:
        barrier.wait()
        try:
            told.append(court.file("Ayşe", "mistake", court.noted))
        except Conflict as fault:
            told.append(fault.message)

    threads = [Thread(target=file) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert len(told) == 8
    assert len(set(told)) == 1


def test_withdrawn_appeal_is_not_decided_and_a_decided_one_not_withdrawn(court):
    first, second = court.file("Ayşe", "mistake", court.noted), court.file("Ayşe", "mistake", court.missed)
    court.do(withdraw_appeal, first, by="Ayşe")
    court.decide(second, "denied")

    for refused in (lambda: court.decide(first), lambda: court.do(withdraw_appeal, second, by="Ayşe")):
        with pytest.raises(Conflict, match="decided this appeal a moment ago, or it was withdrawn"):
            refused()


def test_only_its_side_withdraws_an_appeal(court):
    appeal_id = court.file("Ayşe", "mistake", court.noted)
    court.decide(appeal_id, "denied")

    for name in ("Cem", "Defne", "Ida"):
        with pytest.raises(NotFound):
            court.do(withdraw_appeal, appeal_id, by=name)


def test_two_deciding_at_once_are_one_decision(court):
    appeal_id = court.file("Ayşe", "mistake", court.noted)
    barrier, told = Barrier(2), []

    def decide(name: str, outcome: str) -> None:
        barrier.wait()
        try:
            court.decide(appeal_id, outcome, by=name, reason=f"{name} decided.")
            told.append(name)
        except Conflict:
            told.append("")

    threads = [Thread(target=decide, args=one) for one in (("Ida", "granted"), ("Ali", "denied"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    winner = "".join(told)
    with court.database.reading() as session:
        row = session.get_one(Appeal, appeal_id)
        assert row.reason == f"{winner} decided."
        decided = select(Event).where(Event.action == "decided appeal")
        assert len(session.scalars(decided).all()) == 1
    assert len([name for name, subject in court.mails() if "Your appeal" in subject]) == 2


@pytest.mark.parametrize(
    ("outcome", "reason", "told"), [("maybe", "Because.", "not decided"), ("denied", " ", "Give a reason")]
)
def test_decision_needs_an_outcome_and_a_reason(court, outcome, reason, told):
    appeal_id = court.file("Ayşe", "mistake", court.noted)

    with pytest.raises(BadInput, match=told):
        court.decide(appeal_id, outcome, reason=reason)


@pytest.mark.parametrize(
    ("by", "outcome", "is_open"),
    [("Ida", "granted", True), ("Ida", "partly", True), ("Ida", "denied", False), ("Ali", "granted", False)],
)
def test_granting_reopens_grading_where_the_decider_may(court, by, outcome, is_open):
    """An assistant decides; grading is reopened by the instructor."""
    appeal_id = court.file("Ayşe", "mistake", court.noted)

    assert court.decide(appeal_id, outcome, by=by) is is_open

    with court.database.reading() as session:
        found = latest_release(session, court.world.course)
        assert found is not None
        assert (found.reopened_at is not None) is is_open


def test_decision_is_taken_back_with_a_reason_and_stays_to_read(court):
    appeal_id = court.file("Ayşe", "mistake", court.noted)
    court.decide(appeal_id, "denied", reason="No.")

    court.do(take_back_decision, appeal_id, by="Ali", reason="The wrong file was looked at.")
    court.decide(appeal_id, "granted")

    with court.database.reading() as session:
        (told,) = read_all_appeals(session, court.world.course)
    assert (told.state, told.decided_by) == ("granted", "Ida")
    assert [(one["outcome"], one["why"]) for one in told.earlier] == [("denied", "The wrong file was looked at.")]
    subjects = [subject.rpartition(": ")[2] for name, subject in court.mails() if name == "Ayşe"]
    assert sorted(subjects) == ["denied", "granted", "opened again"]


def test_decision_stands_after_a_further_release(court):
    appeal_id = court.file("Ayşe", "mistake", court.noted)
    court.decide(appeal_id, now=GRADING)
    court.bench.do(undo_mistake, mistake_id=court.noted)
    with court.database.writing() as session:
        latest_release(session, court.world.course).at = GRADING - timedelta(days=1)
    release(court.bench, reason="M1 is no mistake.")
    with court.database.writing() as session:
        latest_release(session, court.world.course).at = LATER

    with pytest.raises(Conflict, match="so the decision stands"):
        court.do(take_back_decision, appeal_id, by="Ida", reason="Hm.")


def change_deadlines(court, **moments):
    """Write moments of the course's zone into its file."""
    with court.database.writing() as session:
        course = session.merge(court.world.course)
        lines = "".join(f"{key} = {moment:%Y-%m-%d %H:%M:%S}\n" for key, moment in moments.items())
        course.policy_text = course.policy_text.replace("[extensions]", f"{lines}\n[extensions]", 1)


def test_appeals_end_at_their_deadline_to_the_second(court):
    until = (GRADING + timedelta(days=30)).replace(microsecond=0)
    change_deadlines(court, appeals=until + timedelta(hours=3))  # the file's times are those of Istanbul

    court.file("Ayşe", "mistake", court.noted, now=until)
    with pytest.raises(Conflict, match="The time for appeals has passed"):
        court.file("Ayşe", "mistake", court.missed, now=until + timedelta(seconds=1))


def test_closed_course_takes_no_appeals_and_no_decisions_and_goes_on_being_read(court):
    appeal_id = court.file("Ayşe", "mistake", court.noted)
    closes = GRADING + timedelta(days=60)
    change_deadlines(court, closes=closes + timedelta(hours=3))
    after = closes + timedelta(seconds=1)

    with pytest.raises(Conflict, match="The course is closed"):
        court.file("Ayşe", "mistake", court.missed, now=after)
    with pytest.raises(NotAllowed, match="This course is closed"):
        court.decide(appeal_id, now=after)
    with pytest.raises(NotAllowed, match="This course is closed"):
        court.do(withdraw_appeal, appeal_id, by="Ayşe", now=after)
    assert [state for _, state, *_ in court.seen_by("Baran")] == ["open"]


def test_staff_reads_who_said_what_with_its_place(court):
    court.file("Ayşe", "mistake", court.noted)
    court.file("Cem", "finding", court.finding(2))

    with court.database.reading() as session:
        appeals = read_all_appeals(session, court.world.course)
    first, second = sorted(appeals, key=lambda one: one.anchor != court.noted)  # filed at the same moment
    assert [(one.title, one.notes) for one in first.context] == [
        ("M1 “Wrong sign”", ("noted by Cem (finding 1)",)),
    ]
    assert first.context[0].spot is not None
    assert [(one.title, one.notes) for one in second.context] == [
        ("Finding 2 of Cem", ("rejected: Section 3.2 says so.",)),
    ]
    assert (first.anchor, second.anchor) == (court.noted, court.finding(2))
    assert court.bench.broken() == []
