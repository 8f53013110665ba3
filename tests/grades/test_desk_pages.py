"""The grading desk through Flask's client: with and without scripts, what each key moves, what is refused and kept."""

import html
import re

import pytest
from sqlalchemy import func, select

from reviewhub.grades.tables import FindingDecision, Mistake, QualityMark
from tests.grades.test_pages import DRAFT, MARKS, finding, mistake_ids, version_of, words
from tests.grades.worlds import CELL, add_project, add_review

DESK = "/grading/AWGAN"
MOST_STATEMENTS = 15


def in_hand(page):
    """The part of the page that is in hand, in words."""
    found = re.search(r'<article class="desk-hand".*?</article>', page.text, re.DOTALL)
    assert found is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def test_desk_says_what_each_key_moves_and_for_whom(visit, world):
    ida = visit("Ida")

    told, own = in_hand(ida.get(f"{DESK}?item={finding(world)}")), in_hand(ida.get(f"{DESK}?item=own"))

    assert "Accept a group: version 1 −8.00, version 2 −8.00; no reviewer pays; review grades: Defne −25.96" in told
    assert (
        "Accept in part p group: version 1 −8.00, version 2 −8.00; each reviewer pays 2.00;"
        " review grades: Cem −8.73, Defne −27.96" in told
    )
    assert "group: version 1 −8.00, version 2 −8.00; each reviewer pays 4.00" in own


def test_desk_takes_the_first_undecided_finding_in_hand(visit):
    page = visit("Ida").get(DESK)

    assert "The sign of the loss is wrong." in in_hand(page)
    assert re.search(r'aria-current="true">\s*<span class="desk-row-mark">.*?to decide', page.text, re.DOTALL)


def test_what_would_be_moved_follows_the_form(visit, world):
    path = f"{DESK}/moves/{finding(world)}"
    ida = visit("Ida")

    told = ida.get(f"{path}?severity=critical&criterion=method&points=2,5").json
    off = ida.get(f"{path}?severity=critical&criterion=method&points=250").json
    own = ida.get(f"{DESK}/moves/own?severity=minor&criterion=method&version_in=2").json

    assert told["full"].startswith("group: version 1 −2.50, version 2 −2.50; no reviewer pays")
    assert off["full"] == "“250” is not a number from 0 to 100."
    assert own == {"own": "group: version 2 −3.00; no reviewer pays"}


def test_accepting_without_scripts_leads_back_to_the_finding(visit, world):
    ida = visit("Ida")

    answer = ida.post(f"{DESK}/findings/{finding(world)}/accept", strength="full", **DRAFT)

    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/c/ceng796/grading/AWGAN?item={finding(world)}#hand",
    )
    assert "Accepted finding 1 of Cem as M1" in words(ida.get(DESK))


def test_accepting_with_htmx_brings_what_is_in_hand_the_list_and_the_totals(visit, world):
    answer = visit("Ida").post(f"{DESK}/findings/{finding(world)}/accept", htmx=True, strength="partial", **DRAFT)

    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'id="desk-list" hx-swap-oob' in answer.text
    assert "Version 1 1aaaaaa 92.00" in words(answer)
    assert "M1 Wrong sign noted in part −8.00" in in_hand(answer)


def test_hand_alone_comes_to_htmx(visit, world):
    ida = visit("Ida")

    part = ida.client.get(f"/c/ceng796{DESK}?item={finding(world)}", headers={"HX-Request": "true"})

    assert part.text.lstrip().startswith('<article class="desk-hand"')
    assert "desk-list" not in part.text


def test_matching_rejecting_and_undoing_through_the_desk(visit, world, sqlite_database):
    ida = visit("Ida")
    ida.post(f"{DESK}/findings/{finding(world)}/accept", strength="full", **DRAFT)
    (mistake_id,) = mistake_ids(sqlite_database)
    question = finding(world, "AWGAN/Cem/2")

    ida.post(f"{DESK}/findings/{question}/accept", mistake=f"{mistake_id}:partial")
    ida.post(f"{DESK}/undo", kind="finding", target=question)
    ida.post(f"{DESK}/findings/{question}/reject", reason="Section 3.2 says so.")
    ida.post(f"{DESK}/undo", kind="mistake", target=mistake_id)

    with sqlite_database.reading() as session:
        standing = session.execute(
            select(FindingDecision.finding_id, FindingDecision.decision).where(FindingDecision.undone_at.is_(None))
        ).all()
    assert [tuple(one) for one in standing] == [(question, "rejected")]


def test_chooser_lists_the_mistakes_with_what_each_moves(visit, world, sqlite_database):
    ida = visit("Ida")
    ida.post(f"{DESK}/findings/{finding(world)}/accept", strength="partial", **DRAFT)
    (mistake_id,) = mistake_ids(sqlite_database)
    question = finding(world, "AWGAN/Cem/2")

    told = words(ida.get(f"{DESK}/merges/{question}"))
    folded = ida.get(f"{DESK}?item={question}&open=merge")

    assert "M1 Wrong sign major −8" in told
    assert "It is this one group ±0; each reviewer pays 2.00 less; review grades: Cem +8.73, Defne +2.00" in told
    assert f'value="{mistake_id}:partial"' in folded.text


@pytest.mark.parametrize("htmx", [False, True])
def test_refused_decision_says_why_keeps_what_was_typed_and_changes_nothing(visit, world, sqlite_database, htmx):
    ida = visit("Ida")
    bad = {**DRAFT, "title": " ", "points": "a lot", "severity": "trivial"}

    page = ida.post(f"{DESK}/findings/{finding(world)}/accept", htmx=htmx, strength="full", **bad)

    assert page.status_code == (200 if htmx else 422)
    assert "The mistake needs a title." in in_hand(page)
    assert "“a lot” is not a number from 0 to 100." in in_hand(page)
    assert 'value="a lot"' in page.text
    assert '<option value="trivial" selected>' in page.text
    assert mistake_ids(sqlite_database) == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"points": "100,5"}, "“100,5” is not a number from 0 to 100."),
        ({"path": "main.ipynb", "where": "cell 0"}, "Cells and outputs are counted from 1."),
        (
            {"where": "http://localhost/c/ceng796/projects/BNF/version-1/files/main.ipynb#cell-3"},
            "This link leads to BNF, and the mistake is one of AWGAN.",
        ),
        (
            {"where": "http://localhost/c/ceng796/projects/AWGAN/version-2/files/main.ipynb#cell-3"},
            "This link leads to version 2, and the mistake was said to lie in version 1.",
        ),
    ],
)
def test_own_mistake_off_the_scale_or_elsewhere_is_refused_in_one_sentence(visit, sqlite_database, fields, sentence):
    page = visit("Ida").post(f"{DESK}/mistakes", version_in="1", text="My long words.", **{**DRAFT, **fields})

    assert page.status_code == 422
    assert in_hand(page).count(sentence) >= 1
    assert "My long words." in page.text
    assert mistake_ids(sqlite_database) == []


def test_before_the_freeze_there_is_nothing_to_grade(visit, world, sqlite_database):
    with sqlite_database.writing() as session:
        add_project(session, world, "NCSN", ("Ege",), versions=())
    ida = visit("Ida")

    empty = ida.get("/grading/NCSN")
    refused = ida.post("/grading/NCSN/mistakes", version_in="1", **DRAFT)

    assert "Version 1 is not frozen" in in_hand(empty)
    assert (refused.status_code, "Version 1 of NCSN is not frozen" in words(refused)) == (409, True)
    assert mistake_ids(sqlite_database) == []


def test_form_of_an_own_mistake_sent_twice_makes_one(visit, sqlite_database):
    ida = visit("Ida")
    form = {**DRAFT, "version_in": "1", "token": "1"}

    first = ida.post(f"{DESK}/mistakes", **form)
    again = ida.post(f"{DESK}/mistakes", **form)
    other = ida.post(f"{DESK}/mistakes", **{**form, "title": "Another one"})
    with_new_token = ida.post(f"{DESK}/mistakes", **{**form, "title": "Another one", "token": "2"})

    assert first.headers["Location"] == again.headers["Location"]
    assert other.status_code == 409
    assert "M1 “Wrong sign” was recorded from this form already" in in_hand(other)
    assert 'value="Another one"' in other.text
    assert 'name="token" value="2"' in other.text
    assert with_new_token.status_code == 303
    assert len(mistake_ids(sqlite_database)) == 2


def test_form_of_a_finding_sent_twice_makes_one_mistake(visit, world, sqlite_database):
    ida = visit("Ida")
    form = {**DRAFT, "strength": "full", "token": "1"}

    answers = [ida.post(f"{DESK}/findings/{finding(world)}/accept", **form).status_code for _ in range(3)]

    assert answers == [303, 303, 303]
    assert len(mistake_ids(sqlite_database)) == 1


def test_late_discovered_mistake_lies_in_version_2_and_costs_both(visit, sqlite_database):
    ida = visit("Ida")

    answer = ida.post(f"{DESK}/mistakes", version_in="late", verdict="not_fixed", **DRAFT)

    page = ida.get(f"{DESK}?item={mistake_ids(sqlite_database)[0]}")
    assert answer.status_code == 303
    assert "in version 1, noticed in version 2" in in_hand(page)
    assert "Version 1 1aaaaaa 92.00" in words(page)
    assert "Version 2 2aaaaaa 92.00" in words(page)
    assert "Not fixed 3 as it stands" in in_hand(page)


def test_second_grader_reads_what_the_other_decided_and_keeps_the_words(visit, world):
    visit("Ali").post(f"{DESK}/findings/{finding(world)}/reject", reason="No.")

    answer = visit("Ida").post(f"{DESK}/findings/{finding(world)}/accept", strength="full", **DRAFT)

    assert answer.status_code == 409
    assert "Somebody else decided this a moment ago" in in_hand(answer)
    assert "Ali, now : Rejected finding 1 of Cem." in in_hand(answer)
    assert "What you had written: Wrong sign" in in_hand(answer)


def test_stale_undo_takes_nothing_back_that_was_not_seen(visit, world, sqlite_database):
    ida, ali = visit("Ida"), visit("Ali")
    ida.post(f"{DESK}/findings/{finding(world)}/reject", reason="No.")
    seen = re.search(
        r'name="target" value="\w+"><input[^>]+><input type="hidden" name="seen" value="(\w+)"', ida.get(DESK).text
    )
    ali.post(f"{DESK}/undo", kind="finding", target=finding(world))
    ali.post(f"{DESK}/findings/{finding(world)}/accept", strength="full", **DRAFT)

    stale = ida.post(f"{DESK}/undo", kind="finding", target=finding(world), item=finding(world), seen=seen[1])

    assert stale.status_code == 409
    assert "Ali, now : Accepted finding 1 of Cem as M1." in in_hand(stale)
    assert len(mistake_ids(sqlite_database)) == 1


def test_mistake_that_was_merged_says_so_to_whoever_still_looks_at_it(visit, sqlite_database):
    ida = visit("Ida")
    for number in ("1", "2"):
        ida.post(f"{DESK}/mistakes", version_in="1", **{**DRAFT, "title": f"Number {number}"})
    first, second = mistake_ids(sqlite_database)

    ida.post(f"{DESK}/mistakes/{second}/merge", mistake=f"{first}:full")

    told = in_hand(visit("Ali").get(f"{DESK}?item={second}"))
    assert "M2 “Number 2” was merged into M1 by Ida." in told
    assert "Merged M2 “Number 2” into M1" in words(ida.get(DESK))


def test_splitting_and_separating_through_the_desk(visit, world, sqlite_database):
    ida = visit("Ida")
    parts = {f"part-{number}-{name}": value for number in (1, 2) for name, value in DRAFT.items()}

    ida.post(f"{DESK}/findings/{finding(world)}/split", **{**parts, "part-2-title": "No seed", "token": "1"})
    first, second = mistake_ids(sqlite_database)
    question = finding(world, "AWGAN/Cem/2")
    ida.post(f"{DESK}/findings/{question}/accept", mistake=f"{first}:full")
    ida.post(f"{DESK}/findings/{question}/separate", mistake=first, **{**DRAFT, "title": "Too fast"})

    assert len(mistake_ids(sqlite_database)) == 3
    told = words(ida.get(DESK))
    assert "Accepted finding 1 of Cem as M1 and M2" in told
    assert "Took M3 “Too fast” off M1" in told
    assert second in mistake_ids(sqlite_database)


def test_detectable_is_switched_and_seen(visit, sqlite_database):
    ida = visit("Ida")
    ida.post(f"{DESK}/mistakes", version_in="1", **DRAFT)
    (mistake_id,) = mistake_ids(sqlite_database)

    ida.post(f"{DESK}/mistakes/{mistake_id}/detectable", detectable="no", seen=version_of(sqlite_database, mistake_id))
    stale = ida.post(f"{DESK}/mistakes/{mistake_id}/detectable", detectable="yes", seen="1")

    assert stale.status_code == 409
    assert "not detectable: no reviewer pays" in in_hand(ida.get(f"{DESK}?item={mistake_id}"))


def test_marks_of_a_review_are_taken_back(visit, world, sqlite_database):
    ida = visit("Ida")
    review = world.reviews["AWGAN/Cem"]
    ida.post(f"{DESK}/reviews/{review}/marks", **MARKS)
    seen = '{"specific": "80", "correct": "80", "constructive": "80", "complete": "80"}'

    ida.post(f"{DESK}/undo", kind="marks", target=review, item=review, seen=seen)

    with sqlite_database.reading() as session:
        assert session.scalar(select(func.count()).where(QualityMark.undone_at.is_(None))) == 0


def test_marks_off_the_scale_stay_in_the_form(visit, world):
    page = visit("Ida").post(f"{DESK}/reviews/{world.reviews['AWGAN/Cem']}/marks", **{**MARKS, "mark-correct": "101"})

    assert page.status_code == 422
    assert 'value="101"' in page.text
    assert "“101” is not a number from 0 to 100." in in_hand(page)


def test_every_item_of_the_desk_can_be_taken_in_hand(visit, world, sqlite_database):
    ida = visit("Ida")
    ida.post(f"{DESK}/findings/{finding(world)}/accept", strength="full", **DRAFT)
    items = set(re.findall(r'data-item="(\w+)"', ida.get(DESK).text))

    pages = [ida.get(f"{DESK}?item={item}") for item in items]
    parts = [ida.get(f"{DESK}/places/{item}") for item in (finding(world), mistake_ids(sqlite_database)[0])]

    assert len(items) == 3 + 1 + 2 + 2  # findings, mistakes, reviews, developers
    assert {page.status_code for page in (*pages, *parts)} == {200}


def test_list_is_filtered_without_scripts(visit, world):
    ida = visit("Ida")
    ida.post(f"{DESK}/findings/{finding(world)}/reject", reason="No.")

    page = ida.get(f"{DESK}?show=open&item={finding(world, 'AWGAN/Cem/2')}")

    assert len(re.findall(r'class="desk-row"[^>]* hidden', page.text)) == len(
        re.findall(r'class="desk-row"', page.text)
    )
    assert not re.search(r'class="desk-row desk-row-open"[^>]* hidden', page.text)


@pytest.mark.parametrize("item", ["", "own", "decided", "mistake", "review"])
def test_desk_sends_few_statements_for_1_finding_and_for_30(visit, world, sqlite_database, query_count, item):
    ida = visit("Ida")
    ida.post(f"{DESK}/findings/{finding(world)}/accept", strength="full", **DRAFT)
    known = {
        "decided": finding(world),
        "mistake": mistake_ids(sqlite_database)[0],
        "review": world.reviews["AWGAN/Cem"],
    }

    def statements():
        with query_count(sqlite_database) as sent:
            assert ida.get(f"{DESK}?item={known.get(item, item)}").status_code == 200
        return len(sent)

    few = statements()
    with sqlite_database.writing() as session:
        for reviewer in ("Ege", "Fatma", "Gül"):
            add_review(session, world, "AWGAN", reviewer, *[("mistake", "minor", f"No {reviewer}", CELL)] * 10)
    for name, finding_id in world.findings.items():
        if name.startswith("AWGAN/Ege/"):
            ida.post(f"{DESK}/findings/{finding_id}/accept", strength="full", **DRAFT)

    assert statements() == few
    assert few <= MOST_STATEMENTS


def test_everything_decided_is_said_with_the_way_to_the_next_project(visit, world, sqlite_database):
    ida = visit("Ida")
    ida.post(f"{DESK}/findings/{finding(world)}/reject", reason="No.")
    ida.post(f"{DESK}/findings/{finding(world, 'AWGAN/Cem/2')}/reject", reason="No.")
    for review in ("AWGAN/Cem", "AWGAN/Defne"):
        ida.post(f"{DESK}/reviews/{world.reviews[review]}/marks", **MARKS)

    page = ida.get(DESK)

    assert "Everything here is decided. Next project: BNF ]" in in_hand(page)
    assert "Nothing is missing here." in words(page)
    with sqlite_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Mistake)) == 0
