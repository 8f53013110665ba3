"""Requests that no browser sends: each gets a page that says what is wrong, never "something broke on our side"."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from reviewhub.grades.tables import Mistake
from tests.attacks.stages import COURSE, DEVELOPER, FROM_HERE, INSTRUCTOR, KEY, OTHER_INSTRUCTOR, Stage

StageAt = Callable[[str], Stage]


@pytest.mark.parametrize("target", ["//[", "http://[", "/a\nb", "/a\r\nSet-Cookie: a=b", "/\t/evil.example"])
def test_target_that_is_no_address_leads_to_the_start_page(stage_at: StageAt, target: str) -> None:
    stranger = stage_at("developing").visitor(None)
    answer = stranger.post("/theme", data={"theme": "dark", "next": target}, headers=FROM_HERE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_sign_in_page_stands_whatever_the_target(stage_at: StageAt) -> None:
    assert stage_at("developing").visitor(None).get("/sign-in?next=//[").status_code == 200


@pytest.mark.parametrize("name", ["Origin", "Referer"])
def test_origin_that_is_no_address_is_another_site(stage_at: StageAt, name: str) -> None:
    reader = stage_at("developing").visitor(DEVELOPER)
    assert reader.post("/theme", data={"theme": "dark"}, headers={name: "http://["}).status_code == 403


@pytest.mark.parametrize("number", ["9" * 12, "9" * 30, "9" * 5000])
def test_number_too_large_for_any_database_is_no_address(stage_at: StageAt, number: str) -> None:
    stage = stage_at("responding")
    review = next(one for one in stage.reviews if one.edition and not one.is_released)
    reviewer = stage.visitor(review.email)
    base = f"/c/{COURSE}/reviews/{review.review_id}/receipts"
    asked = [f"{base}/{number}", f"{base}/{number}.txt", f"/c/{COURSE}/projects/{KEY}/version-{number}/files/"]
    assert [reviewer.get(address).status_code for address in asked] == [404, 404, 404]
    assert reviewer.get(f"{base}/1").status_code == 200


@pytest.mark.parametrize("seen", ["9" * 5000, "9" * 30, "٣", "²", "-1", ""])
def test_version_that_is_no_number_is_a_stale_one(stage_at: StageAt, seen: str) -> None:
    stage = stage_at("grading")
    with stage.database.reading() as session:
        mistake_id = session.scalars(select(Mistake.id).order_by(Mistake.id)).first()
    address = f"/c/{COURSE}/grading/{KEY}/mistakes/{mistake_id}"
    sent = {"seen": seen, "title": "Another", "severity": "major", "criterion": "method"}
    answer = stage.visitor(INSTRUCTOR).post(address, data=sent, headers=FROM_HERE)
    assert answer.status_code in {409, 422}


def test_answer_without_any_field_comes_back_with_the_sentence(stage_at: StageAt) -> None:
    stage = stage_at("responding")
    developer = stage.visitor(DEVELOPER)
    address = f"/c/{COURSE}/projects/{KEY}/findings"
    finding_id = developer.get(address).get_data(as_text=True).split('href="#finding-')[1].split('"')[0]
    answer = developer.post(f"{address}/{finding_id}", headers=FROM_HERE)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.get_data(as_text=True)


def test_stranger_cannot_tell_a_course_from_none(stage_at: StageAt) -> None:
    stranger = stage_at("developing").visitor(None)
    pages = ["", "people", "grading", "reviews/0123456789abcdef", f"projects/{KEY}"]
    asked = {slug: [stranger.get(f"/c/{slug}/{page}").status_code for page in pages] for slug in (COURSE, "no-such")}
    assert asked == {COURSE: [303] * 5, "no-such": [303] * 5}


def test_visitor_of_another_course_cannot_tell_a_course_from_none(stage_at: StageAt) -> None:
    visitor = stage_at("developing").visitor(OTHER_INSTRUCTOR)
    pages = ["", "people", "groups", "repository", "assignments", "grading", "settings/file", "events", "grades/x"]
    told = {}
    for slug in (COURSE, "no-such"):
        answers = [visitor.get(f"/c/{slug}/{page}") for page in pages]
        told[slug] = [(one.status_code, "There is no such course" in one.get_data(as_text=True)) for one in answers]
    assert told == {COURSE: [(404, True)] * 9, "no-such": [(404, True)] * 9}


@pytest.mark.parametrize(
    ("page", "field", "value"),
    [
        ("settings/extensions", "due_at", "0001-01-01T00:00"),
        ("settings/extensions", "due_at", "9999-12-31T23:59-14:00"),
        ("settings/repository", "remote", "http://["),
        ("people", "name", "x" * 3000),
        ("people", "student_number", "9" * 3000),
        ("groups", "name", "x" * 3000),
    ],
)
def test_value_that_fits_nowhere_is_refused_in_a_sentence(stage_at: StageAt, page: str, field: str, value: str) -> None:
    sent = {"email": "new@example.org", "name": "New", "role": "student", "deadline": "version_1", "reason": "Why."}
    instructor = stage_at("developing").visitor(INSTRUCTOR)
    answer = instructor.post(f"/c/{COURSE}/{page}", data=sent | {field: value}, headers=FROM_HERE)
    assert answer.status_code == 422


def test_nul_is_refused_wherever_it_stands(stage_at: StageAt) -> None:
    """PostgreSQL can neither keep it nor look for it, so one place refuses it for all."""
    instructor = stage_at("developing").visitor(INSTRUCTOR)
    answers = [
        instructor.get(f"/c/{COURSE}%00/"),
        instructor.get(f"/c/{COURSE}/assignments?run=%00"),
        instructor.post(f"/c/{COURSE}/groups", data={"name": "a\x00b"}, headers=FROM_HERE),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400]


def test_group_of_a_list_that_fits_nowhere_is_a_fault_of_its_row(stage_at: StageAt) -> None:
    sent = {"text": f"name,email,group\nNew,new@example.org,{'x' * 300}\n", "place": "list"}
    answer = stage_at("developing").visitor(INSTRUCTOR).post(f"/c/{COURSE}/people/import", data=sent, headers=FROM_HERE)
    assert "name is longer than 200 characters" in answer.get_data(as_text=True)


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "-1", "²", ""])
def test_flag_that_is_no_number_marks_nothing_and_breaks_nothing(stage_at: StageAt, number: str) -> None:
    instructor = stage_at("reviewing").visitor(INSTRUCTOR)
    answer = instructor.post(f"/c/{COURSE}/repository/flags", data={"number": number}, headers=FROM_HERE)
    assert answer.status_code < 500
    assert instructor.get(f"/c/{COURSE}/repository").status_code == 200
