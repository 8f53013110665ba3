"""The What-if page: numbers, the whole file, one decision; saved as rules, and after a release as a new release."""

import html
import re

import pytest
from sqlalchemy import select

from reviewhub.accounts.rights import Role
from reviewhub.courses.tables import Course
from reviewhub.grades.evidence import Verdict
from reviewhub.grades.grading import record_mistake
from reviewhub.grades.marking import mark_quality, set_verdict
from reviewhub.grades.releasing import release_grades
from reviewhub.grades.tables import Release
from tests.grades.test_grading import DRAFT
from tests.grades.worlds import GRADING, LINES, World, add_person, dismiss_fails

FULL_MARKS = dict.fromkeys(("specific", "correct", "constructive", "complete"), "80")


@pytest.fixture
def mistake_id(world: World, sqlite_database):
    """One major mistake of AWGAN that nobody noted, not fixed; everything else decided."""

    def do(verb, key, **more):
        with sqlite_database.writing() as session:
            made = verb(session, actor=world.actor("Ida"), now=GRADING, course="ceng796", key=key, **more)
            return made.id if made is not None else None

    made = do(record_mistake, "AWGAN", draft=DRAFT, version_in=1, place=LINES)
    do(set_verdict, "AWGAN", mistake_id=made, verdict=Verdict.NOT_FIXED, seen=None)
    for review in ("AWGAN/Cem", "AWGAN/Defne", "BNF/Ayşe"):
        do(mark_quality, review.split("/")[0], review_id=world.reviews[review], marks=FULL_MARKS, seen={})
    with sqlite_database.writing() as session:
        dismiss_fails(session, world)
    return made


def words(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def field(page, name):
    """The value of a hidden field of the page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    return html.unescape(found.group(1)) if found else None


def rows(database, table):
    with database.reading() as session:
        return session.scalars(select(table)).all()


def release(world, database):
    with database.writing() as session:
        release_grades(session, actor=world.actor("Ida"), now=GRADING, course="ceng796")


def test_other_numbers_show_who_moves_and_write_nothing(visit, mistake_id, sqlite_database):
    page = visit("Ida").post("/grades/what-if", **{"set-points.severity.major": "18"})

    # 40 % and 60 % of −10: both developers of AWGAN; its two reviewers lose 0.5 · 10 more, and coverage
    assert page.status_code == 200
    assert "Students it moves 4 of 4" in words(page)
    assert "Developer of AWGAN 92.00 → 82.00" in words(page)
    assert "major 8, minor 3" in words(page)
    assert "major 18, minor 3" in words(page)
    assert next(one.policy_text for one in rows(sqlite_database, Course)).count("major    = 8") == 1


def test_what_was_typed_stays_with_its_mistakes(visit, mistake_id):
    page = visit("Ida").post("/grades/what-if", **{"set-points.share": "a half", "set-points.cap": "30"})

    assert page.status_code == 422
    assert "“a half” is no number." in words(page)
    assert 'value="a half"' in page.text
    assert 'value="30"' in page.text


def test_unsound_rules_are_told_with_their_line(visit, mistake_id):
    page = visit("Ida").post("/grades/what-if", **{"set-rubric.0.points": "50"})

    assert page.status_code == 422
    assert "The points of the rubric sum to 140, not 100." in words(page)


def test_whole_file_can_be_tried(visit, mistake_id, sqlite_database):
    text = rows(sqlite_database, Course)[0].policy_text.replace("major    = 8", "major    = 0")

    page = visit("Ida").post("/grades/what-if", text=text.replace("\n", "\r\n"))

    assert "Developer of AWGAN 92.00 → 100.00" in words(page)
    assert field(page, "text").count("major    = 0") == 1


def test_one_decision_is_tried_by_its_address(visit, mistake_id):
    ida = visit("Ida")
    listed = ida.get("/grades/what-if?project=AWGAN")
    address = next(
        one for one in re.findall(r'href="/c/ceng796(/grades/what-if\?[^"]+)"', listed.text) if "without" in one
    )

    page = ida.get(html.unescape(address))

    assert "If AWGAN: M1 “Wrong sign” is no mistake." in words(page)
    assert "Developer of AWGAN 92.00 → 100.00" in words(page)
    assert "Save" not in words(page)


@pytest.mark.parametrize(
    "asked", ["project=AWGAN&what=points&target=x&value=3", "project=NO&what=points", "project=AWGAN&what=__class__"]
)
def test_decision_that_is_not_there_is_told(visit, mistake_id, asked):
    assert visit("Ida").get(f"/grades/what-if?{asked}").status_code == 422


def test_saving_before_a_release_changes_the_rules_alone(visit, mistake_id, sqlite_database):
    ida = visit("Ida")
    page = ida.post("/grades/what-if", **{"set-points.severity.major": "18"})

    saved = ida.post("/grades/what-if/save", text=field(page, "text"), seen_digest=field(page, "seen_digest"))

    assert saved.status_code == 303
    assert rows(sqlite_database, Course)[0].policy.points.severity.major == 18
    assert rows(sqlite_database, Release) == []


def test_after_a_release_rules_change_only_with_a_reason_and_a_new_release(visit, mistake_id, world, sqlite_database):
    release(world, sqlite_database)
    ida = visit("Ida")
    page = ida.post("/grades/what-if", **{"set-points.severity.major": "18"})
    sent = {"text": field(page, "text"), "seen_digest": field(page, "seen_digest")}

    refused = ida.post("/grades/what-if/save", **sent, reason=" ")
    first = [one.policy_text for one in rows(sqlite_database, Course)]
    saved = ida.post("/grades/what-if/save", **sent, reason="A major mistake was worth too little.")

    assert refused.status_code == 422
    assert "a change of the rules needs a reason" in words(refused)
    assert first[0].count("major    = 18") == 0
    assert saved.status_code == 303
    releases = sorted(rows(sqlite_database, Release), key=lambda one: one.sequence)
    assert [one.reason for one in releases] == ["", "A major mistake was worth too little."]
    assert releases[0].digest != releases[1].digest
    assert "82.00" in words(visit("Ayşe").get("/grades"))


def test_file_that_somebody_else_changed_meanwhile_is_not_overwritten(visit, mistake_id):
    ida = visit("Ida")
    page = ida.post("/grades/what-if", **{"set-points.severity.major": "18"})
    sent = {"text": field(page, "text"), "seen_digest": field(page, "seen_digest")}
    assert ida.post("/grades/what-if/save", **sent).status_code == 303

    again = ida.post("/grades/what-if/save", **sent)

    assert again.status_code == 409
    assert "changed by somebody else meanwhile" in words(again)


def test_course_file_page_keeps_released_grades(visit, mistake_id, world, sqlite_database):
    release(world, sqlite_database)
    ida = visit("Ida")
    text, seen = (getattr(rows(sqlite_database, Course)[0], name) for name in ("policy_text", "policy_digest"))

    moving = ida.post(
        "/settings/file/confirm", text=text.replace("share            = 0.5", "share = 0.4"), seen_digest=seen
    )
    harmless = ida.post(
        "/settings/file/confirm", text=text.replace("minutes           = 20", "minutes = 25"), seen_digest=seen
    )

    assert moving.status_code == 409
    assert "The grades are released, and this would move them." in words(moving)
    assert harmless.status_code == 303


@pytest.mark.parametrize(("name", "looks", "saves"), [("Ali", 200, 403), ("Cem", 403, 403), ("Onur", 403, 403)])
def test_staff_looks_and_the_instructor_alone_saves(visit, mistake_id, world, sqlite_database, name, looks, saves):
    with sqlite_database.writing() as session:
        add_person(session, world, "Onur", Role.OBSERVER)
    person = visit(name)

    assert person.get("/grades/what-if").status_code == looks
    assert person.post("/grades/what-if", **{"set-points.share": "0.4"}).status_code == looks
    assert person.post("/grades/what-if/save", text="", seen_digest="").status_code == saves
