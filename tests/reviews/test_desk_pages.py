"""The desk through plain forms: several places, suggestions, ticks, the list narrowed, goals, and what it costs."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from reviewhub.config import Settings
from reviewhub.projects.tables import Snapshot
from reviewhub.reviews.reassigning import release_assignment
from reviewhub.reviews.tables import Finding, FindingAnchor, Review
from reviewhub.reviews.viewed_tables import ViewedFile
from reviewhub.storage import Database
from tests.reviews.acts import file
from tests.reviews.visits import Visitor, visitor, words_of
from tests.reviews.worlds import MODEL, REVIEWING, REVIEWS_DUE, World, assign, build_world, freeze

Visit = Callable[..., Visitor]
WORDS = {"kind": "mistake", "severity": "major", "category": "", "text": "The rate is too large."}

WAS = json.dumps({"kind": "mistake", "severity": "major", "category": "method",
                  "text": "The learning rate is 0.01; the paper says 0.0002."})  # fmt: skip


@pytest.fixture
def here(sqlite_database: Database, settings: Settings, tmp_path: Path) -> World:
    world = build_world(sqlite_database, settings.mirrors, tmp_path / "shared")
    assign(sqlite_database, world, "cem", "DCGAN")
    return world


@pytest.fixture
def visit(make_app, sqlite_database: Database, settings: Settings, clock, here: World) -> Visit:
    app = make_app()

    def go(name: str = "cem", now: datetime = REVIEWING) -> Visitor:
        clock.put(now)
        return visitor(app, sqlite_database, here, name, now=now, settings=settings)

    return go


def desk_url(world: World) -> str:
    return f"/c/dgm/reviews/{world.reviews['cem', 'DCGAN']}"


def places_in(database: Database) -> list[tuple[int, str, str]]:
    """Every place that is stored: position, kind, path."""
    with database.reading() as session:
        rows = session.scalars(select(FindingAnchor).order_by(FindingAnchor.finding_id, FindingAnchor.position))
        return [(row.position, row.kind, row.path) for row in rows]


def test_finding_with_three_places_stands_at_each(visit: Visit, here: World, sqlite_database: Database) -> None:
    cem = visit()
    sent = cem.post(f"{desk_url(here)}/findings", WORDS | {
        "path": "main.ipynb", "place": "cell-2-L1", "at": ["cell-2-output-0 main.ipynb", "L7 model.py"],
    })  # fmt: skip
    assert sent.status_code == 303
    assert places_in(sqlite_database) == [
        (0, "cell_lines", "main.ipynb"), (1, "output", "main.ipynb"), (2, "lines", "model.py"),
    ]  # fmt: skip
    words = words_of(cem.get(sent.headers["Location"]))
    assert "Also: cell 3, output 1 , line 7 of model.py" in words
    assert "Finding 1 is about this too: cell 3, output 1" in words
    assert "cell 3, line 1 and 2 more places" in words
    assert "Finding 1 is about this too: line 7" in words_of(cem.get(f"{desk_url(here)}?path=model.py"))


def test_place_typed_in_words_is_added_when_saving(visit: Visit, here: World, sqlite_database: Database) -> None:
    visit().post(f"{desk_url(here)}/findings", WORDS | {
        "path": "main.ipynb", "place": "cell-2", "where": "lines 4-6", "where_path": "model.py",
    })  # fmt: skip
    assert places_in(sqlite_database) == [(0, "cell", "main.ipynb"), (1, "lines", "model.py")]


def test_places_of_a_finding_change_and_the_words_with_them(
    visit: Visit, here: World, sqlite_database: Database
) -> None:
    finding = file(sqlite_database, here, "cem", "DCGAN")
    cem = visit()
    form = words_of(cem.get(f"{desk_url(here)}?edit={finding.id}"))
    assert "Change finding 1 cell 3, line 1 of main.ipynb" in form
    sent = cem.post(f"{desk_url(here)}/findings/{finding.id}", WORDS | {
        "was": WAS, "path": "main.ipynb", "at": ["cell-2-L1 main.ipynb", "file model.py"], "without": ["cell-2-L1 main.ipynb"],
    })  # fmt: skip
    assert sent.status_code == 303
    assert places_in(sqlite_database) == [(0, "file", "model.py")]
    with sqlite_database.reading() as session:
        assert session.scalars(select(Finding.text)).one() == "The rate is too large."


def test_finding_keeps_one_place_at_least(visit: Visit, here: World, sqlite_database: Database) -> None:
    finding = file(sqlite_database, here, "cem", "DCGAN")
    only = "cell-2-L1 main.ipynb"
    page = visit().post(
        f"{desk_url(here)}/findings/{finding.id}",
        WORDS | {"was": WAS, "path": "main.ipynb", "at": only, "without": only},
    )
    assert page.status_code == 422
    assert "A finding needs a place" in words_of(page)
    assert "The rate is too large." in words_of(page)
    assert places_in(sqlite_database) == [(0, "cell_lines", "main.ipynb")]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"path": "model.py", "place": "L999"}, "so line 999 is not in it"),
        ({"path": "main.ipynb", "place": "cell-99"}, "so there is no cell 100"),
        ({"path": "main.ipynb", "place": "cell-2-output-9"}, "so there is no output 10"),
        ({"path": "main.ipynb", "place": "cell-2-L1-L99"}, "so lines 1–99 is not in it"),
        ({"path": "nowhere.py", "place": "L1"}, "There is no file “nowhere.py”"),
        ({"path": "../VAE/model.py", "place": "L1"}, "There is no file"),
        ({"path": "VAE/model.py", "place": "L1"}, "There is no file"),
        ({"path": "figures/loss.png", "place": "L1"}, "has no lines to point at"),
        ({"path": "model.py", "place": "cell-0"}, "is not a notebook"),
        ({"path": "model.py", "place": "everywhere"}, "is not a place in a file"),
        ({"path": "model.py", "place": ""}, "A finding needs a place"),
        ({"path": "model.py", "place": "L1", "at": "L999 model.py"}, "so line 999 is not in it"),
        ({"path": "model.py", "place": "L1", "where": "over there"}, "“over there” is not a place"),
        (
            {"path": "model.py", "place": "L1", "at": [f"L{line} model.py" for line in range(1, 23)]},
            "at most 20 places",
        ),
        ({"path": "model.py", "place": "L1", "text": "ğ" * 40_000}, "is 78 KB long; 64 KB is the most"),
        ({"path": "model.py", "place": "L1", "text": "   "}, "the text is empty"),
    ],
)
def test_place_or_text_that_cannot_be_is_refused_with_the_reason(
    visit: Visit, here: World, sqlite_database: Database, fields: dict[str, str], says: str
) -> None:
    page = visit().post(f"{desk_url(here)}/findings", WORDS | fields)
    assert page.status_code == 422
    assert says in words_of(page)
    assert places_in(sqlite_database) == []
    with sqlite_database.reading() as session:
        assert session.scalar(select(func.count(Finding.id))) == 0


def test_place_after_the_deadline_is_refused_and_comes_back_to_copy(visit: Visit, here: World) -> None:
    page = visit(now=REVIEWS_DUE.replace(year=2027)).post(
        f"{desk_url(here)}/findings", WORDS | {"path": "model.py", "place": "L1"}
    )
    assert page.status_code == 409
    assert "The review deadline has passed" in words_of(page)
    assert "The rate is too large." in words_of(page)


def test_released_reviewer_points_at_nothing(visit: Visit, here: World, sqlite_database: Database) -> None:
    file(sqlite_database, here, "cem", "DCGAN")
    with sqlite_database.writing() as session:
        review = session.get_one(Review, here.reviews["cem", "DCGAN"])
        release_assignment(
            session,
            actor=here.actor("iris"),
            now=REVIEWING,
            course="dgm",
            assignment_id=review.assignment_id,
            reason="ill",
        )
    cem = visit()
    for url in ("findings", "viewed"):
        page = cem.post(f"{desk_url(here)}/{url}", WORDS | {"path": "model.py", "place": "L1", "viewed": "yes"})
        assert page.status_code == 403
        assert "You were released from this review" in words_of(page)


def test_plain_preview_shows_the_text_and_saves_nothing(visit: Visit, here: World, sqlite_database: Database) -> None:
    page = visit().post(f"{desk_url(here)}/findings", WORDS | {
        "path": "model.py", "place": "L7", "text": "So **wrong**.\n```suggestion\nx = 1\n```", "then": "preview",
    })  # fmt: skip
    body = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "<strong>wrong</strong>" in body
    assert 'data-sign="-">        self.project' in body
    assert "So **wrong**." in body
    assert places_in(sqlite_database) == []


def test_plain_suggestion_begins_with_the_quoted_lines(visit: Visit, here: World) -> None:
    page = visit().post(f"{desk_url(here)}/findings", WORDS | {"path": "model.py", "place": "L7", "then": "suggest"})
    assert (
        "The rate is too large.\n\n```suggestion\n        self.project = torch.nn.Linear(size, 256)\n```" in page.text
    )


def test_viewed_tick_is_counted_and_taken_back(visit: Visit, here: World) -> None:
    cem = visit()
    assert "0 of 5 viewed" in words_of(cem.get(desk_url(here)))
    for viewed, count in [("yes", 1), ("yes", 1), ("no", 0)]:
        sent = cem.post(f"{desk_url(here)}/viewed", {"path": "model.py", "viewed": viewed})
        assert sent.status_code == 303
        page = cem.get(sent.headers["Location"])
        assert f"{count} of 5 viewed" in words_of(page)
        assert f'aria-pressed="{"true" if count else "false"}"' in page.text


def test_unchanged_file_stays_ticked_in_a_replaced_version(
    visit: Visit, here: World, sqlite_database: Database, tmp_path: Path
) -> None:
    cem = visit()
    for path in ("model.py", "README.md"):
        cem.post(f"{desk_url(here)}/viewed", {"path": path, "viewed": "yes"})
    assert "2 of 5 viewed" in words_of(cem.get(desk_url(here)))
    with sqlite_database.writing() as session:
        session.execute(delete(Snapshot))
    freeze(sqlite_database, here, tmp_path / "shared", 1, {"DCGAN/model.py": MODEL + "# mended\n"})
    assert "1 of 5 viewed" in words_of(cem.get(desk_url(here)))
    assert 'tree-viewed" data-tree-file="README.md"' in cem.get(desk_url(here)).text


def test_opening_notes_the_file_and_ticks_nothing(visit: Visit, here: World, sqlite_database: Database) -> None:
    cem = visit()
    sent = cem.post(f"{desk_url(here)}/viewed", {"path": "model.py"}, headers={"Accept": "application/json"})
    assert sent.json == {"viewed": False}
    assert "0 of 5 viewed" in words_of(cem.get(desk_url(here)))
    with sqlite_database.reading() as session:
        assert session.scalars(select(ViewedFile.viewed_at)).one() is None


@pytest.mark.parametrize("path", ["", "nowhere.py", "../VAE/model.py", "figures"])
def test_tick_on_no_file_is_refused(visit: Visit, here: World, path: str) -> None:
    page = visit().post(f"{desk_url(here)}/viewed", {"path": path, "viewed": "yes"})
    assert page.status_code == 422


@pytest.mark.parametrize(("name", "status"), [("derya", 404), ("ada", 404), ("iris", 404)])
def test_nobody_else_ticks(visit: Visit, here: World, name: str, status: int) -> None:
    assert visit(name).post(f"{desk_url(here)}/viewed", {"path": "model.py", "viewed": "yes"}).status_code == status


def listed(page: str) -> list[str]:
    return re.findall(r'data-number="(\d+)"', page)


def test_list_is_narrowed_and_sorted_without_scripts(visit: Visit, here: World, sqlite_database: Database) -> None:
    file(sqlite_database, here, "cem", "DCGAN", severity="minor", text="The seed is not set.")
    file(sqlite_database, here, "cem", "DCGAN", severity="critical", place="cell-1", text="No generator.")
    file(sqlite_database, here, "cem", "DCGAN", kind="question", path="model.py", place="L7", text="Why 256?")
    cem = visit()

    def shown(query: str, **headers: str) -> list[str]:
        return listed(cem.get(f"{desk_url(here)}?{query}", headers=headers).text)

    assert shown("") == ["1", "2", "3"]
    assert shown("kind=question") == ["3"]
    assert shown("severity=minor&words=SEED") == ["1"]
    assert shown("in=main.ipynb&order=place") == ["2", "1"]
    assert shown("order=severity") == ["2", "3", "1"]
    assert shown("words=nothing+like+it") == []
    part = cem.get(f"{desk_url(here)}?rows=1&kind=question", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert listed(part) == ["3"]


def test_goals_stand_beside_the_file_and_fill_the_table_when_asked(visit: Visit, here: World) -> None:
    cem = visit()
    page = cem.get(desk_url(here)).text
    assert "FID below 40." in page
    assert 'value="below 40"' not in page
    assert "Fill in 1 row from the goals" in words_of(cem.get(desk_url(here)))
    assert 'value="below 40"' in cem.get(f"{desk_url(here)}?path=main.ipynb&fill=goals").text


def test_verdict_is_computed_from_what_was_filled_in(visit: Visit, here: World) -> None:
    cem = visit()
    cells = {f"form-results-0-{column}": cell for column, cell in enumerate(("FID", "36.9", "40.1", "10 %"))}
    cem.post(f"{desk_url(here)}/draft", cells)
    page = cem.get(desk_url(here)).text
    assert '<td class="verdict verdict-within" title="off by 3.2 (8.7 %)" data-verdict>within</td>' in page


def test_rows_are_judged_while_they_are_filled_in(visit: Visit, here: World) -> None:
    cells = ["FID", "36.9", "40.1", "10 %", "IS", "8.1", "", "", "too", "short"]
    answer = visit().post(f"{desk_url(here)}/verdicts", {"cell": cells})
    assert answer.json == [
        {"nearness": "within", "words": "off by 3.2 (8.7 %)"}, {"nearness": "", "words": "our number is not there"},
    ]  # fmt: skip


def test_desk_asks_the_database_twelve_times_at_most_for_2_and_for_200_findings(
    visit: Visit, here: World, sqlite_database: Database, query_count
) -> None:
    cem, counts = visit(), []
    for numbers in (range(2), range(2, 200)):
        for number in numbers:
            file(sqlite_database, here, "cem", "DCGAN", text=f"Finding {number} of many: the rate is too large.")
        with query_count(sqlite_database) as statements:
            assert cem.get(desk_url(here)).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12


def test_places_and_quotations_are_shown_without_names_and_kept_as_the_files_are(
    make_app, sqlite_database: Database, settings: Settings, clock, tmp_path: Path
) -> None:
    clock.put(REVIEWING)
    world = build_world(sqlite_database, settings.mirrors, tmp_path / "shared", anonymity="double")
    with sqlite_database.writing() as session:
        session.execute(delete(Snapshot))
    freeze(sqlite_database, world, tmp_path / "shared", 1, {"DCGAN/bora_net.py": "# written by Bora Example\nx = 1\n"})
    assign(sqlite_database, world, "cem", "DCGAN")
    cem = visitor(make_app(), sqlite_database, world, "cem", now=REVIEWING, settings=settings)
    hidden = re.search(r'data-tree-file="([^"]*eveloper[^"]*)"', cem.get(desk_url(world)).text)[1]
    sent = cem.post(f"{desk_url(world)}/findings", WORDS | {
        "path": hidden, "place": "L1", "at": f"L2 {hidden}", "text": "Why?\n```suggestion\n# written\n```",
    })  # fmt: skip
    assert sent.status_code == 303
    assert cem.post(f"{desk_url(world)}/viewed", {"path": hidden, "viewed": "yes"}).status_code == 303
    with sqlite_database.reading() as session:
        finding_id = session.scalars(select(Finding.id)).one()
    shown = cem.get(sent.headers["Location"])
    edited = cem.get(f"{desk_url(world)}?path={hidden}&edit={finding_id}")
    for page in (shown, edited):
        assert "1 of 6 viewed" in words_of(page)
        assert not re.search(r"[Bb]ora", page.text)
    assert re.search(r"# written by Developer [12]\b", words_of(shown))
    with sqlite_database.reading() as session:
        quoted = session.scalars(select(FindingAnchor.quoted).order_by(FindingAnchor.position)).all()
        paths = set(session.scalars(select(FindingAnchor.path)))
    assert (quoted, paths) == (["# written by Bora Example", "x = 1"], {"bora_net.py"})
