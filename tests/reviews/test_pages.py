"""The pages of reviewing, through plain forms: what works with scripts off is the truth."""

import re
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from reviewhub.accounts.rights import PROGRAM
from reviewhub.config import Settings
from reviewhub.projects.packing import pack_version, snapshots_to_pack
from reviewhub.projects.tables import Snapshot
from reviewhub.reviews.reassigning import state_conflict
from reviewhub.reviews.submitted import findings_in
from reviewhub.storage import Database
from tests.reviews.acts import FORM, answer, file, save, submit
from tests.reviews.visits import Visitor, visitor, words_of
from tests.reviews.worlds import (
    CHECKING,
    MODEL,
    RESPONDING,
    REVIEWING,
    World,
    assign,
    build_world,
    freeze,
)

SECOND = timedelta(seconds=1)
Visit = Callable[..., Visitor]


@pytest.fixture
def here(sqlite_database: Database, settings: Settings, tmp_path: Path) -> World:
    world = build_world(sqlite_database, settings.mirrors, tmp_path / "shared")
    assign(sqlite_database, world, "cem", "DCGAN")
    return world


@pytest.fixture
def visit(make_app, sqlite_database: Database, settings: Settings, clock, here: World) -> Visit:
    app = make_app()

    def go(name: str, now: datetime = REVIEWING) -> Visitor:
        clock.put(now)
        return visitor(app, sqlite_database, here, name, now=now, settings=settings)

    return go


def desk_url(world: World, name: str = "cem", key: str = "DCGAN") -> str:
    return f"/c/dgm/reviews/{world.reviews[name, key]}"


def test_my_reviews_show_state_and_deadline(visit: Visit, here: World) -> None:
    page = visit("cem").get("/c/dgm/reviews")
    assert page.status_code == 200
    assert (
        "DCGAN not begun DCGAN again Findings 0 Form 9 required answers missing Handed in not yet Due in"
        in words_of(page)
    )


def test_person_without_a_review_is_told_so(visit: Visit, here: World) -> None:
    assert "You have no review yet" in words_of(visit("ece").get("/c/dgm/reviews"))


def test_desk_opens_the_notebook_with_a_plain_link_at_every_cell_and_output(visit: Visit, here: World) -> None:
    page = visit("cem").get(desk_url(here))
    body = page.get_data(as_text=True)
    assert page.status_code == 200
    assert sorted(re.findall(r'class="place-link" href="[^"]*place=([^"#]*)#', body)) == [
        "cell-0", "cell-1", "cell-2", "cell-2-output-0", "cell-2-output-1",
    ]  # fmt: skip
    assert "<script" not in re.sub(r'<script (type="module" )?src="[^"]+"( defer)?></script>', "", body)


@pytest.mark.parametrize(
    ("path", "place", "says"),
    [
        ("main.ipynb", "cell-2", "New finding cell 3 of main.ipynb"),
        ("main.ipynb", "cell-2-L1", "New finding cell 3, line 1 of main.ipynb"),
        ("main.ipynb", "cell-2-output-1", "New finding cell 3, output 2 of main.ipynb"),
        ("model.py", "L4-L6", "New finding lines 4–6 of model.py"),
        ("README.md", "L1", "New finding line 1 of README.md"),
        ("README.md", "file", "New finding whole file of README.md"),
        ("main.ipynb", "project", "New finding whole project"),
    ],
)
def test_link_of_a_place_opens_the_form_there(visit: Visit, here: World, path: str, place: str, says: str) -> None:
    page = visit("cem").get(desk_url(here), query_string={"path": path, "place": place})
    assert says in words_of(page)


def test_place_typed_in_words_opens_the_form_there(visit: Visit, here: World) -> None:
    asked = {"path": "main.ipynb", "where": "cell 3, lines 1-2"}
    page = visit("cem").get(desk_url(here), query_string=asked)
    assert "New finding cell 3, lines 1–2 of main.ipynb" in words_of(page)


def test_click_fetches_the_form_alone(visit: Visit, here: World) -> None:
    asked = {"path": "main.ipynb", "place": "cell-2-L2"}
    part = visit("cem").get(desk_url(here), query_string=asked, headers={"HX-Request": "true"})
    assert part.get_data(as_text=True).lstrip().startswith('<section class="finding-box"')


def test_finding_filed_by_the_plain_form_stands_in_its_place(visit: Visit, here: World) -> None:
    cem = visit("cem")
    sent = cem.post(f"{desk_url(here)}/findings", {
        "path": "main.ipynb", "place": "cell-2-L1", "kind": "mistake", "severity": "major", "category": "",
        "text": "The learning rate is **0.01**, not $2 \\cdot 10^{-4}$.",
    })  # fmt: skip
    assert sent.status_code == 303
    page = cem.get(sent.headers["Location"])
    body = page.get_data(as_text=True)
    assert 'id="finding-1"' in body
    assert body.index('id="cell-2-L1"') < body.index('id="finding-1"') < body.index('id="cell-2-L2"')
    assert "<strong>0.01</strong>" in body
    assert 'class="maths"' in body


def test_hostile_text_of_a_finding_is_harmless(visit: Visit, here: World, sqlite_database: Database) -> None:
    file(
        sqlite_database,
        here,
        "cem",
        "DCGAN",
        text="<script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3))",
    )
    body = visit("cem").get(desk_url(here)).get_data(as_text=True)
    assert "<script>alert" not in body
    assert "onerror" not in body.replace("onerror=alert(2)&gt;", "")
    assert "javascript:" not in body.replace("(javascript:alert(3))", "")


def test_refused_finding_comes_back_with_everything_typed(visit: Visit, here: World) -> None:
    page = visit("cem").post(f"{desk_url(here)}/findings", {
        "path": "main.ipynb", "place": "cell-2", "kind": "mistake", "severity": "huge", "category": "", "text": "Typed with care.",
    })  # fmt: skip
    assert page.status_code == 422
    assert "Choose a severity" in words_of(page)
    assert "Typed with care." in words_of(page)


def test_whole_way_from_form_to_receipt(visit: Visit, here: World) -> None:
    cem = visit("cem")
    cem.post(f"{desk_url(here)}/findings", {"path": "main.ipynb", "place": "cell-2", "kind": "mistake", "severity": "major",
                                            "category": "", "text": "The learning rate is wrong; see the first line."})  # fmt: skip
    assert "These must be answered" in words_of(cem.get(f"{desk_url(here)}/submit"))
    saved = cem.post(f"{desk_url(here)}/draft", {"summary": "Good.", "then": "submit"} | FORM)
    last_look = cem.get(saved.headers["Location"])
    assert "Hand in edition 1" in words_of(last_look)
    sent = cem.post(f"{desk_url(here)}/submit", {"edition": "0"})
    again = cem.post(f"{desk_url(here)}/submit", {"edition": "0"})
    assert sent.headers["Location"] == again.headers["Location"]
    receipt = cem.get(sent.headers["Location"])
    assert "Edition 1 Project DCGAN: DCGAN again Reviewer Cem Example" in words_of(receipt)
    text = cem.get(f"{sent.headers['Location']}.txt")
    assert text.headers["Content-Disposition"] == "attachment; filename=receipt-DCGAN-1.txt"
    assert text.get_data(as_text=True).startswith("RECEIPT OF A REVIEW")


def test_developers_read_and_answer_by_plain_form(visit: Visit, here: World, sqlite_database: Database) -> None:
    finding = file(sqlite_database, here, "cem", "DCGAN")
    save(sqlite_database, here, "cem", "DCGAN")
    submit(sqlite_database, here, "cem", "DCGAN")
    assert visit("ada").get("/c/dgm/projects/DCGAN/findings").status_code == 404
    ada = visit("ada", RESPONDING)
    words = words_of(ada.get("/c/dgm/projects/DCGAN/findings"))
    assert "Reviewer 1 1 finding" in words
    assert "Cem" not in words
    assert "Version 1 main.ipynb, cell 3, line 1 optimiser = torch.optim.Adam" in words
    wrong = ada.post(
        f"/c/dgm/projects/DCGAN/findings/{finding.id}", {"kind": "fixed", "commit": "", "text": "We mended it."}
    )
    assert wrong.status_code == 422
    assert "Name the commit that fixes it" in words_of(wrong)
    assert "We mended it." in words_of(wrong)
    sent = ada.post(f"/c/dgm/projects/DCGAN/findings/{finding.id}", {"kind": "will_fix", "text": "We shall."})
    assert sent.status_code == 303
    assert "Will fix" in words_of(ada.get("/c/dgm/projects/DCGAN/findings"))


def test_staff_assign_by_dry_run_and_undo(visit: Visit, here: World, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        state_conflict(session, actor=here.actor("iris"), now=REVIEWING, course="dgm", enrollment_id=here.enrollments["ece"],
                       project_id=here.projects["VAE"], kind="forbidden", reason="siblings")  # fmt: skip
    iris = visit("iris")
    made = iris.post("/c/dgm/assignments/runs", {"each": "1", "seed": "4"})
    assert made.status_code == 303
    page = iris.get(made.headers["Location"])
    assert "This is a dry run: nobody is assigned by it yet." in words_of(page)
    assert '<svg class="review-circle"' in page.get_data(as_text=True)
    run_id = made.headers["Location"].rpartition("run=")[2]
    assert iris.post(f"/c/dgm/assignments/runs/{run_id}/apply").status_code == 303
    words = words_of(iris.get("/c/dgm/assignments"))
    assert "0 of 5" in words
    assert "siblings" in words
    assert iris.post(f"/c/dgm/assignments/runs/{run_id}/undo").status_code == 303
    assert "0 of 1" in words_of(iris.get("/c/dgm/assignments"))


def test_staff_read_a_submitted_review_and_not_a_draft(visit: Visit, here: World, sqlite_database: Database) -> None:
    file(sqlite_database, here, "cem", "DCGAN")
    save(sqlite_database, here, "cem", "DCGAN")
    assert visit("iris").get(desk_url(here)).status_code == 404
    submit(sqlite_database, here, "cem", "DCGAN")
    file(sqlite_database, here, "cem", "DCGAN", text="In the draft only.")
    words = words_of(visit("iris").get(desk_url(here)))
    assert "Cem Example" in words
    assert "In the draft only." not in words
    assert "place-link" not in visit("iris").get(desk_url(here)).get_data(as_text=True)


@pytest.mark.parametrize(("name", "status"), [("cem", 200), ("derya", 404), ("ada", 404), ("olga", 404)])
def test_desk_is_its_reviewers_alone(visit: Visit, here: World, name: str, status: int) -> None:
    urls = [desk_url(here), f"{desk_url(here)}/submit"]
    assert [visit(name).get(url).status_code for url in urls] == [status] * 2


def asked(visit: Visit, world: World, database: Database, query_count: Callable) -> dict[str, int]:  # type: ignore[type-arg]
    """Page → how many statements it sends."""
    cem, ada, iris = visit("cem", RESPONDING), visit("ada", RESPONDING), visit("iris", RESPONDING)
    counts = {}
    for who, name, url in [
        (cem, "desk", desk_url(world)), (cem, "fixes", f"{desk_url(world)}/fixes"), (cem, "mine", "/c/dgm/reviews"),
        (cem, "submit", f"{desk_url(world)}/submit"), (ada, "findings", "/c/dgm/projects/DCGAN/findings"),
        (iris, "assignments", "/c/dgm/assignments"), (iris, "desk of staff", desk_url(world)),
    ]:  # fmt: skip
        with query_count(database) as statements:
            assert who.get(url).status_code == 200
        counts[name] = len(statements)
    return counts


def test_pages_ask_the_database_as_often_for_30_findings_as_for_2(
    visit: Visit, here: World, sqlite_database: Database, query_count
) -> None:
    for edition, numbers in enumerate((range(2), range(2, 30))):
        for number in numbers:
            file(sqlite_database, here, "cem", "DCGAN", text=f"Finding number {number} of many.")
        save(sqlite_database, here, "cem", "DCGAN")
        made = submit(sqlite_database, here, "cem", "DCGAN", edition=edition)
        for finding in findings_in(made.content):
            answer(sqlite_database, here, "ada", "DCGAN", finding.finding_id)
        if edition == 0:
            with_two = asked(visit, here, sqlite_database, query_count)
    assert asked(visit, here, sqlite_database, query_count) == with_two
    assert max(with_two.values()) <= 27


def test_every_page_opens_for_whom_the_table_says(visit: Visit, here: World, sqlite_database: Database) -> None:
    file(sqlite_database, here, "cem", "DCGAN")
    save(sqlite_database, here, "cem", "DCGAN")
    submit(sqlite_database, here, "cem", "DCGAN")
    urls = {
        "mine": "/c/dgm/reviews", "board": "/c/dgm/assignments", "desk": desk_url(here), "fixes": f"{desk_url(here)}/fixes",
        "receipt": f"{desk_url(here)}/receipts/1", "findings": "/c/dgm/projects/DCGAN/findings",
    }  # fmt: skip
    people = ["cem", "derya", "ada", "ece", "iris", "ali", "olga"]
    seen = {name: {page: visit(name, RESPONDING).get(url).status_code for page, url in urls.items()} for name in people}
    reviewer = {"mine": 200, "board": 403, "desk": 200, "fixes": 200, "receipt": 200, "findings": 404}
    other = {"mine": 200, "board": 403, "desk": 404, "fixes": 404, "receipt": 404, "findings": 404}
    staff = dict.fromkeys(urls, 200)
    assert seen == {
        "cem": reviewer, "derya": other, "ada": other | {"findings": 200}, "ece": other, "iris": staff, "ali": staff,
        "olga": other,
    }  # fmt: skip


def test_developer_page_is_the_same_whoever_the_hidden_reviewer_is(
    visit: Visit, here: World, sqlite_database: Database
) -> None:
    file(sqlite_database, here, "cem", "DCGAN")
    save(sqlite_database, here, "cem", "DCGAN")
    submit(sqlite_database, here, "cem", "DCGAN")
    body = visit("ada", RESPONDING).get("/c/dgm/projects/DCGAN/findings").get_data(as_text=True)
    hidden = ["Cem", here.users["cem"], here.enrollments["cem"], here.reviews["cem", "DCGAN"], "cem@example.org"]
    assert [word for word in hidden if word in body] == []


def test_double_anonymity_hides_the_developers_from_the_reviewer(
    sqlite_database: Database, settings: Settings, tmp_path: Path, make_app, clock
) -> None:
    world = build_world(sqlite_database, settings.mirrors, tmp_path / "shared", anonymity="double")
    assign(sqlite_database, world, "cem", "DCGAN")
    info = {f"{key}/info.json": '{"members": ["Ada Example"]}' for key in world.projects}
    with sqlite_database.writing() as session:
        session.execute(delete(Snapshot))
    freeze(sqlite_database, world, tmp_path / "shared", 1, info)  # type: ignore[arg-type]
    clock.put(REVIEWING)
    cem = visitor(make_app(), sqlite_database, world, "cem", now=REVIEWING, settings=settings)
    page = cem.get(desk_url(world))
    assert page.status_code == 200
    assert "info.json" not in words_of(page)
    assert "Group DCGAN" not in words_of(page)
    asked = {"path": "info.json", "place": "L1"}
    refused = cem.post(
        f"{desk_url(world)}/findings", asked | {"kind": "remark", "severity": "minor", "text": "Quote it."}
    )
    assert refused.status_code in {404, 422}
    assert "Ada Example" not in refused.get_data(as_text=True)
    assert cem.get(desk_url(world), query_string=asked).status_code == 404


def test_findings_desk_and_fixes_work_without_the_mirror(
    visit: Visit, here: World, sqlite_database: Database, settings: Settings, tmp_path: Path
) -> None:
    file(sqlite_database, here, "cem", "DCGAN", path="model.py", place="L4-L6")
    save(sqlite_database, here, "cem", "DCGAN")
    submit(sqlite_database, here, "cem", "DCGAN")
    freeze(sqlite_database, here, tmp_path / "shared", 2, {"DCGAN/model.py": "import torch\n" + MODEL})
    with sqlite_database.reading() as session:
        waiting = snapshots_to_pack(session)
    for snapshot_id in waiting:
        pack_version(sqlite_database, settings, actor=PROGRAM, now=CHECKING, snapshot_id=snapshot_id)
    pages = {"ada": ("/c/dgm/projects/DCGAN/findings",), "cem": (f"{desk_url(here)}/fixes", desk_url(here))}
    before = {url: words_of(visit(name, CHECKING).get(url)) for name, urls in pages.items() for url in urls}
    assert ["model.py, lines 4–6" in words for words in before.values()] == [True, True, True]

    shutil.rmtree(settings.mirrors)

    after = {url: words_of(visit(name, CHECKING).get(url)) for name, urls in pages.items() for url in urls}
    assert after == before
