"""Saving, clashing, going on and coming too late, as browsers ask for it: by plain forms and by scripts."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import func, select

from reviewhub.accounts.signing_in import open_session
from reviewhub.config import Settings
from reviewhub.mail.tables import Mail
from reviewhub.reviews.draft_tables import UnfiledFinding
from reviewhub.reviews.invariants import INVARIANTS
from reviewhub.reviews.tables import Finding, Review, ReviewEdition
from reviewhub.storage import Database
from tests.reviews.acts import FORM, file, save
from tests.reviews.visits import ORIGIN, Visitor, visitor, words_of
from tests.reviews.worlds import REVIEWING, REVIEWS_DUE, World, assign, build_world

SECOND = timedelta(seconds=1)
SCRIPT = {"Accept": "application/json"}
BEGUN = {"path": "main.ipynb", "place": "cell-2-L1", "kind": "missing", "severity": "minor", "category": "method"}
Visit = Callable[..., Visitor]


@pytest.fixture
def here(database: Database, settings: Settings, tmp_path: Path) -> World:
    world = build_world(database, settings.mirrors, tmp_path / "shared")
    assign(database, world, "cem", "DCGAN")
    return world


@pytest.fixture
def visit(make_app, database: Database, settings: Settings, clock, here: World) -> Visit:
    app = make_app(database=database)

    def go(name: str = "cem", now=REVIEWING) -> Visitor:
        clock.put(now)
        return visitor(app, database, here, name, now=now, settings=settings)

    return go


def desk_url(world: World) -> str:
    return f"/c/dgm/reviews/{world.reviews['cem', 'DCGAN']}"


def send(reader: Visitor, here: World, was: dict[str, str] | None = None, **parts: str):
    fields = {name.replace("_", "-"): text for name, text in parts.items()}
    return reader.post(f"{desk_url(here)}/draft", fields | {"was": json.dumps(was or {})}, headers=SCRIPT)


def hidden(page, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{re.escape(name)}" value="([^"]*)"', page.get_data(as_text=True))
    assert found is not None
    return unescape(found[1])


def test_script_learns_the_texts_as_they_are_now(visit: Visit, here: World) -> None:
    cem = visit()
    assert send(cem, here, summary=" One. ").json == {"texts": {"summary": "One."}, "clashes": []}
    merged = send(cem, here, {"summary": ""}, form_paper="yes")
    assert (merged.status_code, merged.json) == (200, {"texts": {"form-paper": "yes"}, "clashes": []})
    stale = send(cem, here, summary="Two.", form_code="no")
    assert (stale.status_code, stale.json) == (409, {"texts": {"form-code": "no"}, "clashes": ["summary"]})


def test_plain_form_that_clashes_shows_both_texts_and_saves_what_is_chosen(
    visit: Visit, here: World, database: Database
) -> None:
    cem = visit()
    was = hidden(cem.get(desk_url(here)), "was")
    save(database, here, "cem", "DCGAN", summary="Good.\nFirst tab.", answers=FORM)
    given = FORM | {"form-paper": "no", "summary": "Good.\nSecond tab.", "was": was, "then": "submit"}
    page = cem.post(f"{desk_url(here)}/draft", given)
    assert page.status_code == 409
    for words in ("First tab.", "Second tab.", "Keep mine", "Keep theirs", "Edit both together", "Yes", "No"):
        assert words in words_of(page)
    decided = {"keep-summary": "both", "both-summary": "Good.\nBoth tabs.", "mine-summary": hidden(page, "mine-summary"),
               "theirs-summary": hidden(page, "theirs-summary"), "keep-form-paper": "mine", "mine-form-paper": "no",
               "theirs-form-paper": "yes", "then": "submit"}  # fmt: skip
    done = cem.post(f"{desk_url(here)}/draft", decided)
    assert done.headers["Location"] == f"{desk_url(here)}/submit"
    with database.reading() as session:
        review = session.scalars(select(Review)).one()
    assert (review.summary, review.form["paper"]["answer"]) == ("Good.\nBoth tabs.", "no")
    assert cem.post(f"{desk_url(here)}/draft", decided | {"both-summary": "A third."}).status_code == 409


def test_finding_that_clashes_shows_both_texts(visit: Visit, here: World, database: Database) -> None:
    finding = file(database, here, "cem", "DCGAN", text="Too high.")
    cem, url = visit(), f"{desk_url(here)}/findings/{finding.id}"
    was = {"kind": "mistake", "severity": "major", "category": "method", "text": "Too high."}
    words = was | {"was": json.dumps(was), "path": "main.ipynb", "at": "cell-2-L2 main.ipynb"}
    assert cem.post(url, words | {"text": "Far too high.", "severity": "critical"}).status_code == 303
    assert cem.post(url, words | {"text": "A bit high."}, headers=SCRIPT).json == {"clashes": ["text"]}
    page = cem.post(url, words | {"text": "A bit high."})
    assert page.status_code == 409
    assert "Finding 1: text" in words_of(page)
    assert hidden(page, "at") == "cell-2-L2 main.ipynb"
    decided = words | {"keep-text": "theirs", "mine-text": "A bit high.", "theirs-text": "Far too high."}
    assert cem.post(url, decided).status_code == 303
    with database.reading() as session:
        row = session.get_one(Finding, finding.id)
    assert (row.text, row.severity) == ("Far too high.", "critical")


def test_begun_finding_is_listed_and_stands_in_its_form_until_it_is_filed(
    visit: Visit, here: World, database: Database
) -> None:
    cem, url = visit(), f"{desk_url(here)}/unfiled"
    kept = cem.post(url, BEGUN | {"text": "No seed is set <b>anywhere</b>", "kept": ""}, headers=SCRIPT)
    assert kept.json == {"text": "No seed is set <b>anywhere</b>"}
    assert "Begun, not filed 1 No seed is set <b>anywhere</b> main.ipynb, cell 3, line 1" in words_of(
        cem.get(desk_url(here))
    )
    form = cem.get(desk_url(here), query_string={"path": "main.ipynb", "place": "cell-2-L1"})
    assert "You began this" in words_of(form)
    assert '<option value="missing" selected>' in form.get_data(as_text=True)
    cem.post(f"{desk_url(here)}/findings", BEGUN | {"text": "No seed is set anywhere in the notebook."})
    with database.reading() as session:
        assert session.scalar(select(func.count(UnfiledFinding.id))) == 0


def test_begun_finding_is_seen_by_nobody_else(visit: Visit, here: World, database: Database) -> None:
    visit().post(f"{desk_url(here)}/unfiled", BEGUN | {"text": "Between me and myself."}, headers=SCRIPT)
    for name in ("iris", "ali"):
        for page in ("", "/written.md", "/submit"):
            assert "Between me" not in visit(name).get(f"{desk_url(here)}{page}").get_data(as_text=True)
    assert visit("derya").get(f"{desk_url(here)}/written.md").status_code == 404


def test_begun_finding_can_be_thrown_away(visit: Visit, here: World) -> None:
    cem = visit()
    cem.post(f"{desk_url(here)}/unfiled", BEGUN | {"text": "Never mind."}, headers=SCRIPT)
    cem.post(f"{desk_url(here)}/unfiled/discard", BEGUN)
    assert "Never mind." not in words_of(cem.get(desk_url(here)))


def test_words_of_somebody_else_are_not_saved_as_mine(visit: Visit, here: World) -> None:
    cem = visit()
    for page, fields in (("draft", {"summary": "By Derya."}), ("unfiled", BEGUN | {"text": "By Derya."})):
        told = cem.post(f"{desk_url(here)}/{page}", fields | {"writer": here.users["derya"]}, headers=SCRIPT)
        assert told.status_code == 409
        assert "Somebody else is signed in here now" in told.json["refused"]


def test_signed_out_writer_is_told_so(visit: Visit, here: World, make_app, database: Database) -> None:
    stranger = Visitor(client=make_app(database=database).test_client())
    for page in ("draft", "unfiled", "findings"):
        assert stranger.post(f"{desk_url(here)}/{page}", {"summary": "Mine."}, headers=SCRIPT).status_code == 401


@pytest.mark.parametrize("was", ["{", "[]", '{"summary": 1, "form-paper": null}'])
def test_page_that_says_nonsense_of_what_it_stood_on_breaks_nothing(visit: Visit, here: World, was: str) -> None:
    told = visit().post(f"{desk_url(here)}/draft", {"summary": "Mine.", "was": was}, headers=SCRIPT)
    assert told.status_code in {200, 422}


def test_what_was_typed_too_late_is_there_to_copy_and_all_of_it_to_download(
    visit: Visit, here: World, database: Database
) -> None:
    file(database, here, "cem", "DCGAN")
    save(database, here, "cem", "DCGAN", summary="In time.")
    visit().post(f"{desk_url(here)}/unfiled", BEGUN | {"text": "Begun in time."}, headers=SCRIPT)
    late = visit(now=REVIEWS_DUE + SECOND)
    page = late.post(f"{desk_url(here)}/draft", {"summary": "Typed too late.", "was": "{}"})
    assert page.status_code == 409
    for words in ("The review deadline has passed", "Typed too late.", "In time.", "Begun in time."):
        assert words in words_of(page)
    finding = late.post(f"{desk_url(here)}/findings", BEGUN | {"text": "A late finding."})
    assert "A late finding." in words_of(finding)
    after_years = visit(now=REVIEWS_DUE + timedelta(days=900))
    kept = after_years.get(f"{desk_url(here)}/written.md")
    assert kept.headers["Content-Disposition"] == "attachment; filename=review-DCGAN.md"
    text = kept.get_data(as_text=True)
    for words in ("# Review of DCGAN", "In time.", "| FID | 30 | 35 |", "At main.ipynb, cell 3, line 1:", "lr=0.01",
                  "The learning rate is 0.01", "### main.ipynb: cell 3, line 1\n\nBegun in time."):  # fmt: skip
        assert words in text


def test_last_look_advises_and_only_required_items_are_a_gate(visit: Visit, here: World, database: Database) -> None:
    cem = visit()
    save(database, here, "cem", "DCGAN", summary="Written by Cem Example.", answers={"form-paper": "yes"})
    file(database, here, "cem", "DCGAN", text="Wrong.")
    page = words_of(cem.get(f"{desk_url(here)}/submit"))
    for words in ("These must be answered before it can be handed in", "The summary names you: “Cem”.",
                  "Not opened", "model.py", "Finding 1 is very short", "1 of 3"):  # fmt: skip
        assert words in page
    assert "main.ipynb" not in page  # where a finding stands, the file was read
    assert cem.post(f"{desk_url(here)}/submit", {"edition": "0"}).status_code == 422
    save(database, here, "cem", "DCGAN", summary="Written by Cem Example.")
    assert cem.post(f"{desk_url(here)}/submit", {"edition": "0"}).status_code == 303


def test_name_of_a_group_member_is_no_matter_where_reviews_are_open(
    make_world, make_app, sqlite_database: Database, settings: Settings, clock
) -> None:
    world = make_world(sqlite_database, anonymity="open")
    assign(sqlite_database, world, "cem", "DCGAN")
    save(sqlite_database, world, "cem", "DCGAN", summary="By Cem and Derya.")
    clock.put(REVIEWING)
    cem = visitor(make_app(), sqlite_database, world, "cem", now=REVIEWING, settings=settings)
    assert "names" not in words_of(cem.get(f"{desk_url(world)}/submit"))


def test_50_parallel_submits_over_http_make_one_edition(
    make_app, database: Database, settings: Settings, clock, here: World
) -> None:
    save(database, here, "cem", "DCGAN")
    clock.put(REVIEWING)
    app = make_app(database=database)
    with database.writing() as session:
        secret = open_session(session, user_id=here.users["cem"], browser="Test", old_secret=None, now=REVIEWING,
                              settings=settings.sign_in)  # fmt: skip

    def click(_: int) -> tuple[int, str]:
        client = app.test_client()
        client.set_cookie("reviewhub", secret)
        answer = client.post(f"{desk_url(here)}/submit", data={"edition": "0"}, headers=ORIGIN)
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(max_workers=50) as pool:
        told = set(pool.map(click, range(50)))
    assert told == {(303, f"{desk_url(here)}/receipts/1")}
    with database.reading() as session:
        assert session.scalar(select(func.count(ReviewEdition.id))) == 1
        assert session.scalar(select(func.count(Mail.id))) == 1
        assert {name: check(session) for name, check in INVARIANTS.items()} == {name: [] for name in INVARIANTS}


SAVER = """
import sys
from tests.reviews.acts import save
from tests.reviews.worlds import World
from reviewhub.storage import Database
from reviewhub.storage.migrating import load_tables
load_tables()
url, course, user, review = sys.argv[1:]
world = World(course_id=course, users={"cem": user}, reviews={("cem", "DCGAN"): review})
database = Database(url)
number = 0
while True:
    number += 1
    words = f"{number} " * 400
    save(database, world, "cem", "DCGAN", summary=words, answers={"form-paper-comment": words})
    print(number, flush=True)
"""


def test_server_killed_in_the_middle_of_a_save_leaves_the_old_draft_or_the_new_one(
    database: Database, here: World
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    arguments = [url, here.course_id, here.users["cem"], here.reviews["cem", "DCGAN"]]
    for pause in (0.011, 0.023, 0.031):
        with subprocess.Popen([sys.executable, "-c", SAVER, *arguments], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            told = [child.stdout.readline() for _ in range(3)]
            time.sleep(pause)
            os.kill(child.pid, signal.SIGKILL)
            last = int((told + child.stdout.readlines())[-1])
        with database.reading() as session:
            review = session.scalars(select(Review)).one()
        assert review.form["paper"]["comment"] == review.summary
        assert int(review.summary.split()[0]) in {last, last + 1}
