"""Reading both versions while grading: what is marked where, and mistakes recorded at the place one points at."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from reviewhub.config import Settings
from reviewhub.grades.tables import Mistake
from reviewhub.projects.tables import Snapshot
from reviewhub.storage import Database
from tests.reviews.acts import file, save, submit
from tests.reviews.visits import Visitor, visitor, words_of
from tests.reviews.worlds import MODEL, VERSION_2, World, assign, build_world, freeze, notebook_text

GRADING = VERSION_2 + timedelta(days=3)
READ = "/c/dgm/grading/DCGAN/read"
DESK = "/c/dgm/grading/DCGAN"
DRAFT = {"title": "No seed", "severity": "minor", "criterion": "code", "points": ""}
MOST_STATEMENTS = 15
LONGER = "import os\n" + MODEL.replace("256", "512")


@pytest.fixture
def here(sqlite_database: Database, settings: Settings, tmp_path: Path) -> World:
    """DCGAN with two findings of Cem, and a version 2 in which a cell and a line came before everything else."""
    world = build_world(sqlite_database, settings.mirrors, tmp_path / "shared")
    assign(sqlite_database, world, "cem", "DCGAN")
    file(sqlite_database, world, "cem", "DCGAN", text="The rate is a hundred times too large.")
    file(sqlite_database, world, "cem", "DCGAN", path="model.py", place="L7", text="One layer is missing.")
    save(sqlite_database, world, "cem", "DCGAN")
    submit(sqlite_database, world, "cem", "DCGAN")
    changes: dict[str, str | bytes | None] = {
        "DCGAN/model.py": LONGER,
        "DCGAN/main.ipynb": notebook_text(cells_before=1),
        "DCGAN/extra.py": "seed = 7\n",
    }
    freeze(sqlite_database, world, tmp_path / "shared", 2, changes)
    return world


@pytest.fixture
def iris(
    make_app: Callable[..., Any], sqlite_database: Database, settings: Settings, here: World, clock: Any
) -> Visitor:
    """The instructor, while grading."""
    clock.put(GRADING)
    return visitor(make_app(), sqlite_database, here, "iris", now=GRADING, settings=settings)


def marks_after(page: Any, place: str) -> str:
    """What stands right after a place, in words."""
    found = re.search(rf'<div class="marks" data-marks="{place}">(.*?)</article>', page.text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[1])).split()) if found else ""


def recorded(database: Database) -> list[tuple[str, int, int, str, int | None, int | None]]:
    """Each mistake: title, version it is in, version its place is in, path, cell, first line."""
    with database.reading() as session:
        rows = session.execute(
            select(Mistake, Snapshot.version)
            .join(Snapshot, Snapshot.id == Mistake.snapshot_id)
            .where(Mistake.undone_at.is_(None))
            .order_by(Mistake.number)
        ).all()
    return [
        (one.title, one.version_in, version, one.place["path"], one.place["cell_index"], one.place["first_line"])
        for one, version in rows
    ]


def marked(page: Any) -> str:
    """The first thing that is marked in the open file."""
    found = re.search(r'id="finding-(\w{16})"', page.text)
    assert found is not None
    return found[1]


def token_of(page: Any) -> str:
    """What the form in the page is called."""
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def test_version_1_shows_each_finding_where_it_was_reported(iris: Visitor) -> None:
    page = iris.get(f"{READ}/1/main.ipynb")

    assert marks_after(page, "cell-2-L1").startswith("1 major Finding of Cem Example cell 3, line 1 · Method to decide")
    assert 'title="1 finding or mistake">1<' in page.text


def test_version_2_shows_the_findings_where_their_places_went(iris: Visitor) -> None:
    notebook, code = iris.get(f"{READ}/2/main.ipynb"), iris.get(f"{READ}/2/model.py")

    assert "cell 4, line 1" in marks_after(notebook, "cell-3-L1")
    assert "line 8" in marks_after(code, "L8")
    assert "changed since" in marks_after(code, "L8")


def test_decisions_stand_on_the_marks(iris: Visitor, sqlite_database: Database) -> None:
    rate, layer = (marked(iris.get(f"{READ}/1/{path}")) for path in ("main.ipynb", "model.py"))

    iris.post(f"{DESK}/findings/{rate}/accept", {"strength": "full", **DRAFT})
    iris.post(f"{DESK}/findings/{layer}/reject", {"reason": "The paper has one."})

    assert "accepted: M1" in marks_after(iris.get(f"{READ}/1/main.ipynb"), "cell-2-L1")
    assert "rejected" in marks_after(iris.get(f"{READ}/1/model.py"), "L7")
    assert len(recorded(sqlite_database)) == 1


def test_mistake_of_version_1_is_recorded_where_one_points(iris: Visitor, sqlite_database: Database) -> None:
    box = iris.get(f"{READ}/1/main.ipynb?place=cell-1-L2", headers={"HX-Request": "true"})
    assert box.text.lstrip().startswith('<section class="finding-box')
    assert "cell 2, line 2 of main.ipynb" in words_of(box)
    assert "group: version 1 −" in words_of(box)

    answer = iris.post(f"{READ}/1", {"at": "cell-1-L2 main.ipynb", "token": token_of(box), **DRAFT})

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{READ}/1/main.ipynb#finding-")
    assert recorded(sqlite_database) == [("No seed", 1, 1, "main.ipynb", 1, 2)]
    assert "No seed" in marks_after(iris.get(f"{READ}/1/main.ipynb"), "cell-1-L2")
    assert "no review noted it" in marks_after(iris.get(f"{READ}/2/main.ipynb"), "cell-2-L2")


def test_same_form_sent_twice_makes_one_mistake(iris: Visitor, sqlite_database: Database) -> None:
    form = {"at": "L3 model.py", "token": token_of(iris.get(f"{READ}/1/model.py?place=L3")), **DRAFT}

    first, again = iris.post(f"{READ}/1", form), iris.post(f"{READ}/1", form)

    assert first.headers["Location"] == again.headers["Location"]
    assert len(recorded(sqlite_database)) == 1


def test_mistake_seen_in_version_2_that_was_in_version_1_lies_where_it_was_there(
    iris: Visitor, sqlite_database: Database
) -> None:
    box = iris.get(f"{READ}/2/main.ipynb?place=cell-2-L2")
    assert "Version 1 has the same there: cell 2, line 2." in words_of(box)
    assert '<option value="1" selected>In version 1 already' in box.text

    iris.post(f"{READ}/2", {"at": "cell-2-L2 main.ipynb", "version_in": "1", "verdict": "not_fixed", **DRAFT})

    assert recorded(sqlite_database) == [("No seed", 1, 1, "main.ipynb", 1, 2)]
    assert "not fixed" in marks_after(iris.get(f"{READ}/2/main.ipynb"), "cell-2-L2")


def test_mistake_of_version_1_whose_place_is_not_found_there_stays_where_it_was_seen(
    iris: Visitor, sqlite_database: Database
) -> None:
    box = iris.get(f"{READ}/2/extra.py?place=L1")
    assert "Version 1 has nothing like this." in words_of(box)
    assert '<option value="2" selected>New in version 2' in box.text

    iris.post(f"{READ}/2", {"at": "L1 extra.py", "version_in": "1", **DRAFT})

    assert recorded(sqlite_database) == [("No seed", 1, 2, "extra.py", None, 1)]


def test_mistake_new_in_version_2_stands_in_version_2_alone(iris: Visitor, sqlite_database: Database) -> None:
    iris.post(f"{READ}/2", {"at": "cell-0 main.ipynb", "version_in": "2", **DRAFT})

    assert recorded(sqlite_database) == [("No seed", 2, 2, "main.ipynb", 0, None)]
    assert "No seed" in marks_after(iris.get(f"{READ}/2/main.ipynb"), "cell-0")
    assert "No seed" not in words_of(iris.get(f"{READ}/1/main.ipynb"))


def test_what_changed_shows_both_sides_with_what_stands_there(iris: Visitor, sqlite_database: Database) -> None:
    page = iris.get(f"{READ}/changes/model.py")
    box = iris.get(f"{READ}/changes/model.py?place=new-L1", headers={"HX-Request": "true"})
    assert "One layer is missing." in marks_after(page, "old-L7")
    assert "version 2, line 1 of model.py" in words_of(box)

    form = {"at": "L1 model.py", "version_in": "2", "view": "changes", "page": "model.py", **DRAFT}
    answer = iris.post(f"{READ}/2", form)

    assert answer.headers["Location"].startswith(f"{READ}/changes/model.py#finding-")
    assert "No seed" in marks_after(iris.get(f"{READ}/changes/model.py"), "new-L1")
    assert recorded(sqlite_database) == [("No seed", 2, 2, "model.py", None, 1)]


def test_file_that_is_gone_is_pointed_at_in_version_1(iris: Visitor, here: World, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        row = session.get_one(Snapshot, here.snapshots["DCGAN", 2])
        row.tree = here.objects.folder_tree(row.commit, "DCGAN/figures") or ""

    box = iris.get(f"{READ}/changes/goals.txt?place=file", headers={"HX-Request": "true"})

    assert "version 1, whole file of goals.txt" in words_of(box)


def test_folds_of_what_changed_open_alone(iris: Visitor) -> None:
    part = iris.get(f"{READ}/changes/main.ipynb?part=new-cells-1-2")

    assert part.status_code == 200
    assert "<html" not in part.text
    assert 'id="new-cell-1"' in part.text


@pytest.mark.parametrize("view", ["", "changes"])
def test_refused_form_comes_back_with_what_was_typed(iris: Visitor, sqlite_database: Database, view: str) -> None:
    form = {"at": "cell-1-L2 main.ipynb", "view": view, "page": "main.ipynb", "text": "It *never* is."}

    answer = iris.post(f"{READ}/1", form | DRAFT | {"title": " ", "points": "250"})

    assert answer.status_code == 422
    assert "The mistake needs a title." in words_of(answer)
    assert "“250” is not a number from 0 to 100." in words_of(answer)
    assert "It *never* is.</textarea>" in answer.text
    assert recorded(sqlite_database) == []


def test_place_outside_the_file_is_refused_with_the_words_kept(iris: Visitor, sqlite_database: Database) -> None:
    asked = iris.get(f"{READ}/1/main.ipynb?where=cell 30")
    answer = iris.post(f"{READ}/1", {"at": "cell-0 main.ipynb", "where": "cell 30", **DRAFT})

    assert "The notebook has 3 cells, so there is no cell 30." in words_of(asked)
    assert answer.status_code == 422
    assert "The notebook has 3 cells, so there is no cell 30." in words_of(answer)
    assert 'value="No seed"' in answer.text
    assert recorded(sqlite_database) == []


def test_text_is_looked_at_without_recording_anything(iris: Visitor, sqlite_database: Database) -> None:
    alone = iris.post(f"{READ}/preview", {"text": "It *never* is."})
    page = iris.post(f"{READ}/1", {"at": "L3 model.py", "then": "preview", "text": "It *never* is.", **DRAFT})

    assert "<em>never</em>" in alone.text
    assert "<em>never</em>" in page.text
    assert 'value="No seed"' in page.text
    assert recorded(sqlite_database) == []


def test_place_typed_by_hand_opens_the_box_there_without_scripts(iris: Visitor) -> None:
    page = iris.get(f"{READ}/1/main.ipynb?path=main.ipynb&where=cell+2%2C+lines+1-2")

    assert "Record a mistake here version 1, cell 2, lines 1–2 of main.ipynb" in words_of(page)
    assert f'{READ}/1/main.ipynb?place=cell-2#finding-form">Mistake on this cell' in page.text


def test_line_asked_for_opens_a_rendered_text_as_its_lines(iris: Visitor) -> None:
    assert 'id="L1"' not in iris.get(f"{READ}/1/README.md").text
    assert 'id="L1"' in iris.get(f"{READ}/1/README.md?at=L1").text


def test_desk_leads_to_the_place_of_what_is_in_hand(iris: Visitor) -> None:
    rate = marked(iris.get(f"{READ}/1/main.ipynb"))

    desk = iris.get(f"{DESK}?item={rate}")

    assert f'href="{READ}/1/main.ipynb?at=cell-2-L1#cell-2-L1"' in desk.text
    assert f'href="{READ}/2/"' in desk.text
    assert f'href="{READ}/changes/"' in desk.text


def test_same_file_is_one_click_away_in_the_other_version(iris: Visitor) -> None:
    page = iris.get(f"{READ}/1/model.py")
    only_new = iris.get(f"{READ}/2/extra.py")

    assert f'href="{READ}/2/model.py" data-key="2"' in page.text
    assert f'href="{READ}/changes/model.py" data-key="3"' in page.text
    assert f'href="{READ}/1/" data-key="1"' in only_new.text


def test_version_that_is_not_there_is_no_page(iris: Visitor) -> None:
    assert iris.get(f"{READ}/3/").status_code == 404


@pytest.mark.parametrize("path", ["1/main.ipynb", "2/main.ipynb", "changes/main.ipynb", "2/main.ipynb?place=cell-2"])
def test_pages_send_few_statements_however_much_was_found(
    iris: Visitor, here: World, sqlite_database: Database, query_count: Any, path: str
) -> None:
    def statements() -> int:
        iris.get(f"{READ}/{path}")
        with query_count(sqlite_database) as sent:
            assert iris.get(f"{READ}/{path}").status_code == 200
        return len(sent)

    few = statements()
    for number in range(30):
        place = f"cell-{number % 2} main.ipynb"
        iris.post(f"{READ}/2", {"at": place, "version_in": "2", **DRAFT, "title": f"Mistake {number}"})

    assert few <= MOST_STATEMENTS
    assert statements() == few
