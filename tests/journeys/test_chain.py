"""One semester from push to shared penalty, through a real browser, as the people of the course live it."""

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Semester
from tests.journeys.semester import (
    DEVELOPER,
    INSTRUCTOR,
    LATE_FILES,
    ON_TIME_FILES,
    OUTSIDER,
    REVIEWER,
    ROSTER,
    SECOND_REVIEWER,
    SLUG,
    VERSION_2_FILES,
    WRONG_LINE,
    at,
)
from tests.journeys.visiting import Visitor, picture
from tests.waiting import follow, settle

NOTED = "The table compares with the training set"
CODE_NOTED = "There is no comment that says where the weight 10 comes from"
MISSED = "The gradient penalty is not squared"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_course_goes_from_push_to_shared_penalty(semester: Semester) -> None:
    instructor = semester.seat(INSTRUCTOR)
    add_the_students(instructor)
    make_the_groups(instructor)
    name_the_repository(semester, instructor)
    confirm_the_projects(instructor)

    on_time, late = push_at_the_deadline(semester)
    developer = semester.seat(DEVELOPER)
    read_which_commit_counts(developer, on_time, late)
    assign_the_reviewers(instructor)

    semester.clock.put(at(12, 9))
    reviewer, second = semester.seat(REVIEWER), semester.seat(SECOND_REVIEWER)
    review = begin_the_review(reviewer)
    file_a_finding_on_a_cell(reviewer)
    file_a_finding_on_a_line(reviewer)
    the_staff_do_not_read_drafts(instructor, review)
    see_how_to_run_it(reviewer, on_time)
    fill_the_form(reviewer)
    hand_in_with_a_double_click(reviewer)
    begin_the_review(second)
    fill_the_form(second)
    hand_in(second)
    outsider = semester.seat(OUTSIDER)
    others_see_nothing_of_it(outsider, developer, review)

    semester.clock.put(at(12, 20))
    mended = push_version_2(semester)
    answer_the_findings(developer, mended)
    semester.clock.put(at(1, 9, 9))
    semester.let_the_worker_look()
    check_the_fix(reviewer, review)

    semester.clock.put(at(1, 12))
    accept_a_finding_and_reject_the_other(instructor)
    undo_the_acceptance_and_do_it_again(instructor)
    record_what_nobody_noted(instructor)
    judge_the_fixes(instructor)
    mark_the_reviews(instructor, {REVIEWER[0]: 80, SECOND_REVIEWER[0]: 60})
    nobody_sees_a_grade_yet(developer, reviewer)

    release_the_grades(instructor)
    read_the_developers_grade(developer)
    read_the_reviewers_grade(reviewer)
    read_the_second_reviewers_grade(second)

    assert semester.faults == []


def add_the_students(instructor: Visitor) -> None:
    """A roster as the university's system exports it; one of its rows is wrong, and is said to be."""
    picture(instructor.page, "01-instructor-home")
    instructor.go("People", "Import a list")
    roster = {"name": "roster.csv", "mimeType": "text/csv", "buffer": ROSTER.encode()}
    instructor.page.get_by_label("File").set_input_files(roster)
    instructor.press("Show what would change")
    assert "These rows cannot be used and are left out" in instructor.text
    assert instructor.page.get_by_role("region", name="New people").get_by_role("row").count() == 1 + 5
    picture(instructor.page, "02-roster-preview")

    instructor.press("Import")

    assert "5 people added." in instructor.text
    assert "6 people in this course." in instructor.text


def make_the_groups(instructor: Visitor) -> None:
    """Three groups came with the roster's column; the fourth is made by hand."""
    instructor.go("Groups")
    form = instructor.page.get_by_role("complementary")
    instructor.write("Name", "Attentive Critics", within=form)
    form.get_by_label("Ada Çelik").check()
    form.get_by_label("Bora Şahin").check()

    instructor.press("Make the group", within=form)

    assert "Every student is in a group." in instructor.text
    picture(instructor.page, "03-groups")


def name_the_repository(semester: Semester, instructor: Visitor) -> None:
    """The instructor writes its address; the worker looks at once."""
    instructor.open(f"/c/{SLUG}/settings/file")
    instructor.write("Address", str(semester.shared.bare))
    instructor.press("Save the address")
    instructor.go("Repository")
    instructor.press("Look again now")
    assert "looking now" in instructor.text

    semester.let_the_worker_look()

    expect(instructor.page.locator("#mirror-state")).not_to_contain_text("looking now")


def confirm_the_projects(instructor: Visitor) -> None:
    """Every folder with a notebook is offered with its title and the group its info file names."""
    instructor.go("Repository")
    found = instructor.page.get_by_role("region", name="Places that look like projects")
    assert found.get_by_role("checkbox").count() == 4
    assert found.get_by_label("Group of AWGAN").locator("option:checked").inner_text() == "Attentive Critics"
    picture(instructor.page, "04-found-projects")

    instructor.press("Confirm the ticked projects")

    assert "4 projects confirmed." in instructor.text


def push_at_the_deadline(semester: Semester) -> tuple[str, str]:
    """One push at a quarter to midnight, one forty minutes after the deadline; the worker comes by in the morning."""
    on_time = semester.shared.receive(ON_TIME_FILES, at=at(12, 4, 23, 45))
    late = semester.shared.receive(LATE_FILES, at=at(12, 5, 0, 39))
    semester.clock.put(at(12, 5, 9))
    semester.let_the_worker_look()
    return on_time, late


def read_which_commit_counts(developer: Visitor, on_time: str, late: str) -> None:
    """The group's page says in one line which commit is version 1, and why it is not the latest."""
    developer.go("Projects", "AWGAN")
    line = developer.page.locator(".standing").first.inner_text()
    assert line == (
        f"Version 1 is frozen: {on_time[:7]} of 4 Dec 23:45, received 4 Dec 23:45:00; the latest commit {late[:7]} came "
        "40 minutes late, and the course states no late policy: not taken unless the staff decide so."
    )
    picture(developer.page, "05-group-page")


def assign_the_reviewers(instructor: Visitor) -> None:
    """One forbidden pair, a dry run with a reason for each pair, and the plan is put in force."""
    instructor.go("Reviewers")
    forbid = instructor.page.locator("#conflicts")
    instructor.choose("Person", OUTSIDER[0], within=forbid)
    instructor.choose("Project", "AWGAN: Attentive WGAN", within=forbid)
    forbid.get_by_label("Forbidden by the staff").check()
    instructor.write("Reason", "They share a flat.", within=forbid)
    instructor.press("Add", within=forbid)
    assert "The conflict is recorded." in instructor.text

    instructor.write("Seed", "796")
    instructor.press("Make a dry run")

    plan = instructor.page.get_by_role("region", name="The plan")
    assert plan.get_by_role("row").count() == 1 + 10
    reviewers = sorted(
        row.get_by_role("cell").first.inner_text() for row in plan.get_by_role("row").filter(has_text="AWGAN").all()
    )
    assert [name.split("\n")[-1] for name in reviewers] == [REVIEWER[0], SECOND_REVIEWER[0]]
    picture(instructor.page, "06-dry-run")

    instructor.button("Assign these reviewers").click()
    instructor.agree()

    assert "The reviewers are assigned." in instructor.text
    picture(instructor.page, "07-assignments")


def begin_the_review(reviewer: Visitor) -> str:
    """From what waits on the home page to the desk; its address comes back."""
    reviewer.go("My reviews")
    card = (
        reviewer.page.get_by_role("region")
        .or_(reviewer.page.locator("section"))
        .filter(has=reviewer.page.get_by_role("heading", name="AWGAN"))
    )
    follow(card.last.get_by_role("link", name="Begin"))
    expect(reviewer.page).to_have_url(re.compile(r"/reviews/[0-9a-f]{16}"))
    reviewer.look_over()
    return reviewer.page.url.split("?")[0].split("#")[0]


def file_a_finding_on_a_cell(reviewer: Visitor) -> None:
    """The notebook is read as it was run; a finding goes to the cell that makes the table."""
    page = reviewer.page
    follow(page.get_by_role("navigation", name="Files").get_by_role("link", name="main.ipynb"))
    page.locator("[data-desk-live]").wait_for()
    expect(page.get_by_role("table").filter(has_text="FID")).to_be_visible()
    page.locator("#cell-3").get_by_role("link", name="Finding on this cell").click()
    write_finding(reviewer, NOTED + ", so the FID flatters. Please evaluate on the test set, $N = 10^4$.")

    shown = page.locator("#cell-3").get_by_role("article")
    expect(shown).to_contain_text(NOTED)
    picture(page, "08-desk-finding-on-a-cell")


def file_a_finding_on_a_line(reviewer: Visitor) -> None:
    """A click on the number of a line opens the form there."""
    page = reviewer.page
    follow(page.get_by_role("navigation", name="Files").get_by_role("link", name="model.py"))
    page.locator("[data-desk-live]").wait_for()
    page.locator(f"#L{WRONG_LINE}").click(position={"x": 6, "y": 6})
    write_finding(reviewer, CODE_NOTED + ".", severity="minor")

    shown = page.get_by_role("article").filter(has_text=CODE_NOTED)
    expect(shown).to_contain_text(f"line {WRONG_LINE}")
    picture(page, "09-desk-finding-on-a-line")


def the_staff_do_not_read_drafts(instructor: Visitor, review: str) -> None:
    """What is not handed in is the reviewer's own: neither its page nor the list of events tells it."""
    assert instructor.status_of(review) == 404
    for page in (f"/c/{SLUG}/", f"/c/{SLUG}/events"):
        instructor.open(page)
        assert "filed finding" in instructor.text
        assert NOTED not in instructor.page.content()


def write_finding(reviewer: Visitor, text: str, *, severity: str = "major") -> None:
    form = reviewer.page.get_by_role("region", name="New finding")
    form.get_by_label("Severity").select_option(severity)
    form.get_by_label("What is wrong, how one sees it, how it could be put right").fill(text)
    # Its page is loaded anew where it stands: whoever looks for the finding waits for that.
    reviewer.button("Save the finding", within=form).click()
    expect(form).to_have_count(0)


def see_how_to_run_it(reviewer: Visitor, on_time: str) -> None:
    """One command, and one archive that holds exactly version 1."""
    page = reviewer.page
    page.get_by_text("Run it yourself").click()
    expect(page.locator(".copyable code").first).to_contain_text("unzip AWGAN")
    with page.expect_download() as download:
        reviewer.link("Download version 1").click()
    assert download.value.suggested_filename.startswith("AWGAN")
    assert on_time[:7] in reviewer.text


def fill_the_form(reviewer: Visitor) -> None:
    """Every question of the form, in one go; the draft is saved with it."""
    page = reviewer.page
    page.get_by_text("Review form").click()
    questions = page.get_by_role("radio", name="Yes", exact=True)
    expect(questions).to_have_count(8)
    for yes in questions.all():
        yes.check()
    for column, text in {"What": "FID", "Paper reports": "12.1", "We got": "11.9", "Tolerance": "10 %"}.items():
        page.get_by_label(f"{column}, row 1").fill(text)
    if not page.get_by_label("Summary", exact=True).is_visible():
        page.get_by_text("Summary", exact=True).click()
    page.get_by_label("Summary", exact=True).fill("Readable and complete; the evaluation needs another look.")
    reviewer.press("Save the draft")


def hand_in(reviewer: Visitor) -> None:
    """A last look, then the receipt with the time and the edition."""
    reviewer.press("Hand in…")
    reviewer.press("Hand in edition 1")
    assert reviewer.heading() == "Your review is handed in"


def hand_in_with_a_double_click(reviewer: Visitor) -> None:
    """Two clicks on the button are one edition."""
    reviewer.press("Hand in…")
    picture(reviewer.page, "10-hand-in")
    with reviewer.page.expect_navigation():
        reviewer.button("Hand in edition 1").dblclick()
    expect(reviewer.page.get_by_role("heading", level=1)).to_have_text("Your review is handed in")
    reviewer.look_over()
    assert "Edition 1" in reviewer.text
    assert "Handed in Wed 9 Dec, 12:00" in reviewer.text
    picture(reviewer.page, "11-receipt")
    reviewer.go("My reviews")
    assert "edition 2" not in reviewer.text.lower()


def others_see_nothing_of_it(outsider: Visitor, developer: Visitor, review: str) -> None:
    """Another student gets no review and no file of version 1; the developers no finding before the release."""
    files = f"/c/{SLUG}/projects/AWGAN/version-1/files"
    assert [outsider.status_of(place) for place in (review, f"{files}/main.ipynb", f"{files}/", f"{review}/fixes")] == [
        404
    ] * 4
    assert developer.status_of(f"{files}/main.ipynb") == 200
    assert [developer.status_of(place) for place in (review, f"/c/{SLUG}/projects/AWGAN/findings")] == [404] * 2


def push_version_2(semester: Semester) -> str:
    """The group mends what was found, and the worker sees it."""
    mended = semester.shared.receive(VERSION_2_FILES, at=at(12, 20, 11))
    semester.let_the_worker_look()
    return mended


def answer_the_findings(developer: Visitor, mended: str) -> None:
    """The findings without the reviewer's name; one is answered with the commit that mends it, one with a reason."""
    developer.open(f"/c/{SLUG}/projects/AWGAN/findings")
    assert REVIEWER[0] not in developer.text
    assert SECOND_REVIEWER[0] not in developer.text
    picture(developer.page, "12-findings-to-answer")

    finding = developer.page.get_by_role("article").filter(has_text=NOTED)
    finding.get_by_label("Answer").select_option("fixed")
    finding.get_by_label("Commit").fill(mended)
    finding.get_by_label("What you did, or why not").fill("You are right; the table now comes from the test set.")
    developer.press("Save the answer", within=finding)
    assert "Answer saved." in developer.text
    finding = developer.page.get_by_role("article").filter(has_text=CODE_NOTED)
    finding.get_by_label("Answer").select_option("disagree")
    finding.get_by_label("What you did, or why not").fill("The docstring names Equation 3, where the 10 stands.")
    developer.press("Save the answer", within=finding)
    assert "Answer saved." in developer.text

    assert "Every finding is answered." in developer.text
    picture(developer.page, "13-findings-answered")


def check_the_fix(reviewer: Visitor, review: str) -> None:
    """Version 1 beside version 2, the developers' answer, and the reviewer's verdict."""
    reviewer.open(f"{review}/fixes")
    finding = reviewer.page.get_by_role("article").filter(has_text=NOTED)
    expect(finding).to_contain_text("evaluate(training_set)")
    expect(finding).to_contain_text("evaluate(test_set)")
    settle(reviewer.page)
    reviewer.button("Fixed", within=finding).click()
    expect(finding.get_by_text("Saved.", exact=True)).to_be_visible()
    reviewer.look_over()
    picture(reviewer.page, "14-fix-checked")


def accept_a_finding_and_reject_the_other(instructor: Visitor) -> None:
    """Each decision says beforehand what it moves, and the desk is drawn anew in place."""
    instructor.go("Grading", "AWGAN")
    picture(instructor.page, "15-grading-desk")
    accept(instructor, take(instructor, "Findings", NOTED))
    expect(take(instructor, "Mistakes", NOTED)).to_contain_text(f"{REVIEWER[0]}, finding 1")

    finding = take(instructor, "Findings", CODE_NOTED)
    finding.locator("summary", has_text="Reject").click()
    finding.get_by_label("Why it is not right").fill("The docstring names Equation 3, where the number stands.")
    decide(instructor, finding.locator("details[open]").get_by_role("button", name="Reject", exact=True))
    expect(take(instructor, "Findings", CODE_NOTED)).to_contain_text("rejected")


def undo_the_acceptance_and_do_it_again(instructor: Visitor) -> None:
    """Every step goes back: the mistake is gone, the finding is to be decided again, and then it is accepted anew."""
    finding = take(instructor, "Findings", NOTED)
    decide(instructor, finding.get_by_role("button", name="Take the decision back"))
    expect(rows_of(instructor, "Mistakes")).to_have_count(0)

    accept(instructor, take(instructor, "Findings", NOTED))

    expect(take(instructor, "Mistakes", NOTED)).to_contain_text("−8.00")


def record_what_nobody_noted(instructor: Visitor) -> None:
    """A mistake of the instructor's own, on the line of the code where it stands."""
    settle(instructor.page)
    instructor.page.keyboard.press("o")
    hand = instructor.page.locator("#hand")
    hand.locator("#own-path").fill("model.py")
    hand.locator("#own-where").fill(f"line {WRONG_LINE}")
    weigh(hand, "own", MISSED, "Method")
    hand.locator("#own-text").fill("Equation 3 squares $\\lVert g \\rVert - 1$; the code does not.")
    decide(instructor, hand.get_by_role("button", name="Record it"))

    expect(take(instructor, "Mistakes", MISSED)).to_contain_text("no review noted it")


def judge_the_fixes(instructor: Visitor) -> None:
    """The noted mistake is mended in version 2, the other one is still there."""
    for title, verdict in ((NOTED, "Fixed"), (MISSED, "Not fixed")):
        button = take(instructor, "Mistakes", title).get_by_role("button", name=verdict, exact=True)
        decide(instructor, button)
        expect(button).to_have_attribute("aria-pressed", "true")


def mark_the_reviews(instructor: Visitor, marks: Mapping[str, int]) -> None:
    """The same mark in every row of the quality rubric."""
    for reviewer, mark in marks.items():
        review = take(instructor, "Reviews", reviewer)
        for row in ("specific", "correct", "constructive", "complete"):
            review.locator(f"#mark-{row}").fill(str(mark))
        decide(instructor, review.get_by_role("button", name="Save the marks"))
    expect(instructor.page.get_by_text("Nothing is missing here.")).to_be_visible()
    picture(instructor.page, "16-grading-desk-decided")


def rows_of(instructor: Visitor, shelf: str) -> Locator:
    """What stands on one shelf of the desk's list."""
    return instructor.page.locator(f"#desk-list section[aria-label='{shelf}'] [data-item]")


def take(instructor: Visitor, shelf: str, words: str) -> Locator:
    """Take something from the desk's list in hand."""
    row = rows_of(instructor, shelf).filter(has_text=words)
    settle(instructor.page)
    row.click()
    expect(row).to_have_attribute("aria-current", "true")
    settle(instructor.page)
    return instructor.page.locator("#hand")


def accept(instructor: Visitor, hand: Locator) -> None:
    """Accept the finding in hand as a mistake in the results."""
    weigh(hand, "accept", NOTED, "Results")
    decide(instructor, hand.get_by_role("button", name="Accept", exact=True))


def weigh(hand: Locator, form: str, title: str, criterion: str) -> None:
    """The words and the weight of a mistake."""
    hand.locator(f"#{form}-title").fill(title)
    hand.locator(f"#{form}-severity").select_option("major")
    hand.locator(f"#{form}-criterion").select_option(label=criterion)


def decide(instructor: Visitor, button: Locator) -> None:
    """Press a button of the desk, and wait until the desk stands there anew."""
    with instructor.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        button.click()
    assert answer.value.status == 200
    settle(instructor.page)


def nobody_sees_a_grade_yet(developer: Visitor, reviewer: Visitor) -> None:
    """Before the release nothing of the decisions is anywhere on a student's pages."""
    for student in (developer, reviewer):
        student.go("Grades")
        assert "Grades are not released yet" in student.text
        assert student.status_of(f"/c/{SLUG}/grading/AWGAN") == 403
        for place in ("Grades", "Home", "Projects", "AWGAN"):
            student.go(place)
            assert MISSED not in student.page.content()
    developer.open(f"/c/{SLUG}/projects/AWGAN/findings")
    assert MISSED not in developer.page.content()
    assert "rejected" not in developer.text.lower()


def release_the_grades(instructor: Visitor) -> None:
    """What may fail somebody waits for a decision first: the second reviews that never came."""
    instructor.open(f"/c/{SLUG}/fails")
    waiting = instructor.page.get_by_role("button", name="Dismiss")
    while waiting.count():
        instructor.page.get_by_label("Why it does not count").first.fill("Released from it in person.")
        follow(waiting.first)
    instructor.go("Grades")
    picture(instructor.page, "17-gradebook")
    instructor.button("Release the grades").click()
    instructor.agree()
    assert "The grades are released." in instructor.text


def read_the_developers_grade(developer: Visitor) -> None:
    """Both mistakes cost the developers, noted or not.

    Version 1: 100 − 8 (the noted one, under Results) − 8 (the missed one, under Method) = 84.
    Version 2: 100 − 0 (fixed) − 8 (not fixed) = 92.
    Developer: 0.4 · 84 + 0.6 · 92 = 33.6 + 55.2 = 88.80.
    (They are M2 and M3: the acceptance that was undone keeps the number 1.)
    """
    developer.go("Grades")
    picture(developer.page, "18-developers-grade")
    story = open_everything(developer)
    assert "As developer 88.80" in story
    assert "Version 1 counts 0.4 of the developer grade: 0.4 × 84.00." in story
    assert "Version 2 counts 0.6 of the developer grade: 0.6 × 92.00." in story
    assert f"−8.00 M2 “{NOTED}”: a major mistake takes 8 points off its criterion." in story
    assert f"−8.00 M3 “{MISSED}”: a major mistake takes 8 points off its criterion." in story
    assert f"M2 “{NOTED}” was in version 1 and is fixed in version 2: it costs nothing here." in story
    assert f"−8.00 M3 “{MISSED}” was in version 1 and is not fixed in version 2: 1 × its 8 points." in story
    assert REVIEWER[0] not in story
    picture(developer.page, "19-developers-grade-opened")


def read_the_reviewers_grade(reviewer: Visitor) -> None:
    """The noted mistake costs this reviewer nothing, the one that everybody missed half of its 8 points.

    Quality: 80 in each of four rows of 25 %, so 0.5 · 80 = 40.
    Coverage: noted 8 of 16 points; with 5 of slack r = (8 + 5) ÷ (16 + 5) = 0.619048, and r ÷ 0.8 = 77.380952 %;
    1 of 6 mistakes would be 16.67 %; the better one · 0.5 = 38.690476.
    Loss: 0.5 · 8 · (1 − 0) = 4. The review: 40 + 38.690476 − 4 = 74.690476, shown as 74.69.
    The second assignment was never handed in and counts 0, so the reviewer grade is 74.690476 ÷ 2 = 37.345238, shown as 37.35.
    """
    reviewer.go("Grades")
    story = open_everything(reviewer)
    assert "As reviewer 37.35" in story
    assert "The reviewer grade is the mean over 2 reviewed projects; AWGAN brings 74.69 ÷ 2." in story
    assert "No review was submitted for this project, so it counts 0." in story
    assert f"−4.00 M3 “{MISSED}” was missed by every reviewer: each of them loses 0.5 × its 8 points." in story
    assert story.count("loses") == 1
    assert "this review noted 8 of 16 points" in story
    picture(reviewer.page, "20-reviewers-grade-opened")


def read_the_second_reviewers_grade(reviewer: Visitor) -> None:
    """Who noted nothing pays the same 4 points, and has little coverage.

    Quality 0.5 · 60 = 30. Coverage: r = (0 + 5) ÷ (16 + 5) = 0.238095; ÷ 0.8 = 29.761905 %; · 0.5 = 14.880952.
    30 + 14.880952 − 4 = 40.880952, shown as 40.88.
    """
    reviewer.go("Grades")
    story = open_everything(reviewer)
    assert f"−4.00 M3 “{MISSED}” was missed by every reviewer: each of them loses 0.5 × its 8 points." in story
    assert "AWGAN brings 40.88 ÷ 2." in story


def open_everything(student: Visitor) -> str:
    """Open every number down to its last line, as a reader would, and read it all."""
    closed = student.page.locator("main details:not([open]) > summary:visible")
    while closed.count():
        closed.first.click()
    return student.text
