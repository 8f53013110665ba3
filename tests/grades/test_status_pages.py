"""The status list and what may fail a student: entered with evidence, undone and kept, decided by the instructor alone."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from reviewhub.accounts.rights import PROGRAM
from reviewhub.courses.course_file import shipped_text
from reviewhub.courses.extending import grant_extension
from reviewhub.grades.course_grade import course_grades
from reviewhub.grades.entering import Source, preview_marks, save_marks
from reviewhub.grades.evidence import FailFact
from reviewhub.grades.gathering import gather_facts
from reviewhub.grades.mark_reading import GivenMark
from reviewhub.grades.recording import record_status
from reviewhub.grades.student_facts import student_facts
from tests.grades.test_mark_pages import fields, words
from tests.grades.test_pages import grade_everything
from tests.grades.worlds import GRADING, add_person, make_course

SEEN = "Copied the training loop of another group; both admitted it on 10 January."


def put(visit, world, *, name="Ayşe", what="plagiarism:yes", evidence=SEEN, who="Ali", **more):
    """Put one status on the list by the form."""
    return visit(who).post("/statuses", student=world.people[name].id, what=what, evidence=evidence, **more)


def facts_of(world, database, name):
    """The facts of one student, read alone."""
    with database.reading() as session:
        person = world.people[name]
        return student_facts(session, session.merge(world.course), GRADING, enrollment_ids=[person.id])[0]


def test_status_is_recorded_with_evidence_and_who(visit, world, sqlite_database):
    assert put(visit, world).status_code == 303

    told = words(visit("Ida").get("/statuses"))
    assert f"Ayşe n-Ayşe Plagiarism yes, it happened {SEEN}" in told
    assert "Ali" in told
    assert [(one.kind, one.value, one.evidence) for one in facts_of(world, sqlite_database, "Ayşe").statuses] == [
        ("plagiarism", "yes", SEEN)
    ]


def test_second_click_records_nothing_twice_and_another_value_takes_its_place(visit, world, sqlite_database):
    put(visit, world)
    put(visit, world)
    assert "Taken back or replaced" not in words(visit("Ida").get("/statuses"))

    put(visit, world, what="plagiarism:no", evidence="They share a tutor's code.")

    assert "Taken back or replaced (1)" in words(visit("Ida").get("/statuses"))
    assert [one.value for one in facts_of(world, sqlite_database, "Ayşe").statuses] == ["no"]


def test_status_is_recorded_for_a_whole_group_at_once(visit, world, sqlite_database):
    put(visit, world, what="too_few_proposals:yes", whole_group="yes")

    listed = {name: facts_of(world, sqlite_database, name).statuses for name in ("Ayşe", "Baran", "Cem")}
    assert {name: [one.kind for one in rows] for name, rows in listed.items()} == {
        "Ayşe": ["too_few_proposals"],
        "Baran": ["too_few_proposals"],
        "Cem": [],
    }


def test_status_that_is_taken_back_stays_in_the_history(visit, world, sqlite_database):
    put(visit, world)
    status_id = facts_of(world, sqlite_database, "Ayşe").statuses[0].status_id

    first, second = (visit("Ida").post(f"/statuses/{status_id}/undo") for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 409)
    assert facts_of(world, sqlite_database, "Ayşe").statuses == ()
    told = words(visit("Ida").get("/statuses"))
    assert "The list is empty" in told
    assert f"Ayşe Plagiarism: yes, it happened {SEEN}" in told


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"what": ""}, "what Choose what happened."),
        ({"what": "plagiarism:maybe"}, "value Choose how it stands with “Plagiarism”."),
        ({"evidence": "  "}, "evidence Say how it is known"),
        ({"evidence": "x" * 2001}, "evidence It is longer than 2,000 characters."),
        ({"received": "2026-10-10 10:00"}, "received When something came says nothing for “Plagiarism”."),
        ({"received": "soon"}, "received “soon” is no date with a time."),
    ],
)
def test_fault_of_the_form_is_told_and_what_was_typed_stays(visit, world, sqlite_database, asked, fault):
    answer = put(visit, world, **asked)

    assert answer.status_code == 422
    assert fault in words(answer)
    assert f'value="{world.people["Ayşe"].id}" selected' in answer.text
    assert facts_of(world, sqlite_database, "Ayşe").statuses == ()


LIST = "Email,Status,Value,Evidence\nayşe-ceng796@example.org,Plagiarism,yes,Seen\ncem-ceng796@example.org,absent_midterm,,List of 5 Nov\n"


def test_list_of_statuses_is_previewed_saved_once_and_compared(visit, world, sqlite_database):
    shown = visit("Ida").post("/statuses/import", text=LIST)
    assert "new 2 changed 0 as they are 0" in words(shown)

    form = fields(shown, "/statuses/import/confirm")
    answers = [visit("Ida").post("/statuses/import/confirm", **form) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    assert [one.value for one in facts_of(world, sqlite_database, "Cem").statuses] == ["yes"]
    again = visit("Ida").post("/statuses/import", text=LIST.replace("Seen", "Seen twice"))
    assert "new 0 changed 1 as they are 1" in words(again)


def test_faults_of_a_list_of_statuses_are_told_by_row_and_column(visit, world, sqlite_database):
    text = "number;status;value;evidence\nn-Ayşe;Flying;yes;x\nn-Baran;Plagiarism;maybe;x\nn-Cem;Plagiarism;yes;\nn-No;Plagiarism;yes;x\n"

    told = words(visit("Ida").post("/statuses/import", text=text))

    assert "row 2, column B (“status”) “Flying” is nothing this course lists." in told
    assert "row 3, column C (“value”) “maybe” is no value of “Plagiarism”. It has: yes, no." in told
    assert "row 4, column D (“evidence”) Nothing says how “Plagiarism” is known." in told
    assert "row 5 Nobody in the course has the student number n-No." in told
    assert facts_of(world, sqlite_database, "Ayşe").statuses == ()


def case_form(visit, world, name, rule, way, who="Ida"):
    """The form of one case, and its address."""
    address = f"/fails/{world.people[name].id}/{rule}/{way}"
    return address, fields(visit(who).get("/fails"), address)


def test_instructor_confirms_a_case_with_its_letter_and_takes_it_back(visit, world, sqlite_database):
    put(visit, world)
    assert f"Ayşe n-Ayşe Plagiarism waits {SEEN}" in words(visit("Ida").get("/fails"))
    address, form = case_form(visit, world, "Ayşe", "plagiarism", "confirm")

    answers = [visit("Ida").post(address, **(form | {"letter": "NA"})) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    assert facts_of(world, sqlite_database, "Ayşe").fails == (FailFact(rule="plagiarism", confirmed=True, letter="NA"),)
    with sqlite_database.reading() as session:
        course = session.merge(world.course)
        grades = course_grades(gather_facts(session, course, GRADING), course.policy)
        assert grades[world.people["Ayşe"].id].letter == "NA"

    assert re.search(r"Ayşe n-Ayşe NA ", words(visit("Ida").get("/grades")))
    page = visit("Ida").get("/fails")
    assert "confirmed: NA" in words(page)
    undo = page.text.partition("/fails/decisions/")[2].partition("/undo")[0]
    first, second = (visit("Ida").post(f"/fails/decisions/{undo}/undo") for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 409)
    assert facts_of(world, sqlite_database, "Ayşe").fails == ()


def test_pages_offer_nothing_that_the_release_has_closed(visit, world, sqlite_database):
    put(visit, world)
    ida = visit("Ida")
    grade_everything(world, ida, sqlite_database)
    pages = ("/statuses", "/fails", "/marks", "/marks/of/midterm")
    assert all(entries_on(ida.get(page)) for page in pages)

    assert ida.post("/grades/release").status_code == 303

    for answer in map(ida.get, pages):
        assert "Closed since the release" in words(answer)
        assert entries_on(answer) == []
    ida.post("/grades/reopen", reason="More was found.")
    assert all(entries_on(ida.get(page)) for page in pages)


def entries_on(page):
    """Where a page lets one enter something or take it back."""
    return re.findall(r'/c/ceng796/(?:statuses/\w|fails/\w|marks/import|marks/of/\w+\?edit=)[^"]*', page.text)


def test_case_is_dismissed_with_a_reason_alone(visit, world, sqlite_database):
    put(visit, world)
    address, form = case_form(visit, world, "Ayşe", "plagiarism", "dismiss")

    assert visit("Ida").post(address, **(form | {"reason": " "})).status_code == 422
    assert visit("Ida").post(address, **(form | {"reason": "It was the course's own code."})).status_code == 303
    assert facts_of(world, sqlite_database, "Ayşe").fails == (
        FailFact(rule="plagiarism", confirmed=False, reason="It was the course's own code."),
    )


def test_case_is_decided_on_the_evidence_that_was_seen(visit, world, sqlite_database):
    put(visit, world)
    address, form = case_form(visit, world, "Ayşe", "plagiarism", "confirm")
    put(visit, world, evidence="Something else altogether.")

    answer = visit("Ida").post(address, **(form | {"letter": "FF"}))

    assert answer.status_code == 409
    assert "The evidence has changed since you looked at it" in words(answer)
    assert "Something else altogether." in words(answer)
    assert facts_of(world, sqlite_database, "Ayşe").fails == ()


def test_letter_the_rule_does_not_bring_is_refused(visit, world, sqlite_database):
    put(visit, world)
    address, form = case_form(visit, world, "Ayşe", "plagiarism", "confirm")

    answer = visit("Ida").post(address, **(form | {"letter": "AA"}))

    assert answer.status_code == 422
    assert "Choose what “Plagiarism” brings: FF or NA." in words(answer)


def test_review_that_was_never_written_is_found_by_the_program(visit, world):
    told = words(visit("Ida").get("/fails"))

    assert "Baran n-Baran Not writing a proper review waits" in told
    address, form = case_form(visit, world, "Baran", "no_proper_review", "dismiss")
    assert visit("Ida").post(address, **(form | {"reason": "Ill, with a doctor's note."})).status_code == 303
    assert "dismissed" in words(visit("Ali").get("/fails"))


def test_assistant_reads_cases_and_decides_none(visit, world):
    put(visit, world)
    page = visit("Ali").get("/fails")

    assert "The instructor confirms or dismisses it." in words(page)
    assert "/confirm" not in page.text
    assert visit("Ali").post(f"/fails/{world.people['Ayşe'].id}/plagiarism/confirm", letter="FF").status_code == 403


def test_nothing_that_triggers_a_rule_is_a_conflict(visit, world):
    answer = visit("Ida").post(f"/fails/{world.people['Cem'].id}/plagiarism/confirm", letter="FF", seen="x")

    assert answer.status_code == 409
    assert "Nothing triggers this rule for this student any more" in words(answer)


def test_decision_whose_case_is_gone_says_so(visit, world, sqlite_database):
    put(visit, world)
    address, form = case_form(visit, world, "Ayşe", "plagiarism", "confirm")
    visit("Ida").post(address, **(form | {"letter": "FF"}))
    status_id = facts_of(world, sqlite_database, "Ayşe").statuses[0].status_id
    visit("Ida").post(f"/statuses/{status_id}/undo")

    told = words(visit("Ida").get("/fails"))

    assert "Decided, and nothing triggers it any more" in told
    assert "Plagiarism: confirmed, FF" in told


def test_facts_of_a_student_know_their_group_and_marks(visit, world, sqlite_database):
    given = [
        GivenMark(
            enrollment_id=world.people["Ayşe"].id, component="midterm", item=1, points=Decimal(17), out_of=Decimal(30)
        )
    ]
    with sqlite_database.writing() as session:
        course = session.merge(world.course)
        digest = preview_marks(session, course, given).digest
        save_marks(
            session, actor=PROGRAM, now=GRADING, course="ceng796", given=given, source=Source(form_key="one"),
            seen_digest=digest,
        )  # fmt: skip

    fact = facts_of(world, sqlite_database, "Ayşe")

    assert (fact.works_alone, fact.has_project, fact.project_is_due) == (False, True, False)
    assert [(one.component, one.item, one.value) for one in fact.marks] == [("midterm", 1, Decimal(1700) / Decimal(30))]


def test_when_work_came_is_held_against_the_deadline_of_its_milestone_and_extensions(database):
    came = datetime(2026, 11, 20, 19, 20, tzinfo=UTC)
    with database.writing() as session:
        text = shipped_text("csci4701").replace("allowed = false", "allowed = true")
        world = make_course(session, text=text, slug="csci4701")
        person = add_person(session, world, "Leyla")
        given = [
            GivenMark(
                enrollment_id=person.id, component="milestone_1", item=1, points=Decimal(80), out_of=Decimal(100),
                received_at=came,
            )
        ]  # fmt: skip
        digest = preview_marks(session, world.course, given).digest
        save_marks(
            session, actor=world.actor("Ida"), now=GRADING, course="csci4701", given=given,
            source=Source(form_key="one"), seen_digest=digest,
        )  # fmt: skip
        record_status(
            session, actor=world.actor("Ali"), now=GRADING, course="csci4701", enrollment_id=person.id, kind="proposal",
            value="revised", evidence="", received="2026-10-16 23:10",
        )  # fmt: skip
        before = student_facts(session, world.course, GRADING)[0]
        grant_extension(
            session, actor=world.actor("Ida"), now=GRADING, course="csci4701", deadline="milestone_1",
            due_at=datetime(2026, 11, 21, 19, 0, tzinfo=UTC), reason="Ill.", enrollment_id=person.id,
        )  # fmt: skip
        after = student_facts(session, world.course, GRADING)[0]

    assert (before.marks[0].arrival.due_at, before.marks[0].arrival.received_at) == (
        datetime(2026, 11, 20, 19, 0, tzinfo=UTC),
        came,
    )
    assert after.marks[0].arrival.due_at == datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
    assert before.statuses[0].arrival.received_at == datetime(2026, 10, 16, 19, 10, tzinfo=UTC)
    assert before.project_is_due


@pytest.mark.parametrize("course", ["csci4701", "dl1", "ceng501-kalkan", "ceng501-akbas"])
def test_pages_open_in_courses_without_peer_review(course, make_app, clock, settings, sqlite_database):
    from reviewhub.accounts.signing_in import open_session

    clock.put(GRADING)
    with sqlite_database.writing() as session:
        world = make_course(session, text=shipped_text(course), slug=course)
        add_person(session, world, "Leyla")
        secret = open_session(
            session, user_id=world.people["Ida"].user_id, browser="", old_secret=None, now=GRADING,
            settings=settings.sign_in,
        )  # fmt: skip
    client = make_app().test_client()
    client.set_cookie("reviewhub", secret)

    for path in ("marks", "marks/import", "statuses", "statuses/import", "fails"):
        page = client.get(f"/c/{course}/{path}")
        assert page.status_code == 200
        assert ">Queue<" not in page.text
        assert f'href="/c/{course}/marks"' in page.text
