"""The pages of fixes, through plain forms: every place in both versions, verdicts, pointing, filters, who sees what."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from reviewhub.config import Settings
from reviewhub.projects.tables import Snapshot
from reviewhub.reviews.checking import check_fix
from reviewhub.reviews.places import read_place
from reviewhub.reviews.pointing import point_finding
from reviewhub.reviews.tables import Assignment, Finding, FixCheck
from reviewhub.storage import Database
from tests.reviews.acts import answer, file, save, submit
from tests.reviews.visits import Visitor, visitor, words_of
from tests.reviews.worlds import (
    CHECKING,
    MODEL,
    REVIEWING,
    VERSION_1,
    World,
    assign,
    build_world,
    freeze,
    notebook_text,
)

Visit = Callable[..., Visitor]
HTMX = {"HX-Request": "true"}
VERSION_2_FILES: dict[str, str | bytes | None] = {
    "DCGAN/model.py": MODEL.replace("import torch\n", "import torch\nimport math\n", 1).replace(
        "256)", "256, bias=False)"
    ),
    "DCGAN/main.ipynb": notebook_text(epochs=50, cells_before=2),
}


@pytest.fixture
def here(sqlite_database: Database, settings: Settings, tmp_path: Path) -> World:
    world = build_world(sqlite_database, settings.mirrors, tmp_path / "shared")
    assign(sqlite_database, world, "cem", "DCGAN")
    return world


@pytest.fixture
def visit(make_app, sqlite_database: Database, settings: Settings, clock, here: World) -> Visit:
    app = make_app()

    def go(name: str, now: datetime = CHECKING) -> Visitor:
        clock.put(now)
        return visitor(app, sqlite_database, here, name, now=now, settings=settings)

    return go


@pytest.fixture
def hand_in(here: World, sqlite_database: Database, tmp_path: Path) -> Callable[..., list[Finding]]:
    """File findings at places, hand in, answer, freeze version 2."""

    def go(*places: tuple[str, str], files: dict[str, str | bytes | None] | None = None, fixed: bool = True):  # type: ignore[no-untyped-def]
        found = [
            file(sqlite_database, here, "cem", "DCGAN", path=path, place=place, text=f"Finding at {place}.")
            for path, place in places
        ]
        save(sqlite_database, here, "cem", "DCGAN")
        submit(sqlite_database, here, "cem", "DCGAN")
        for finding in found if fixed else ():
            answer(sqlite_database, here, "ada", "DCGAN", finding.id, kind="fixed", commit="abcdef1234")
        freeze(sqlite_database, here, tmp_path / "shared", 2, VERSION_2_FILES if files is None else files)
        return found

    return go


def fixes_url(world: World) -> str:
    return f"/c/dgm/reviews/{world.reviews['cem', 'DCGAN']}/fixes"


def finding_url(world: World, finding: Finding, act: str) -> str:
    return f"/c/dgm/reviews/{world.reviews['cem', 'DCGAN']}/findings/{finding.id}/{act}"


def cells_of(page: str, css: str) -> list[str]:
    """The texts of the chosen lines' cells on one side of the tables."""
    found = re.findall(
        rf'<td class="n {css}"><a class="chosen"[^>]*>(\d+)</a></td><td class="t {css}">(.*?)</td>', page
    )
    return [f"{number}: {re.sub('<[^>]+>', '', text).strip()}" for number, text in found]


def test_lines_stand_beside_what_became_of_them(visit: Visit, here: World, hand_in) -> None:
    hand_in(("model.py", "L7"))
    page = visit("cem").get(fixes_url(here)).get_data(as_text=True)
    assert cells_of(page, "old") == ["7: self.project = torch.nn.Linear(size, 256)"]
    assert cells_of(page, "new") == ["8: self.project = torch.nn.Linear(size, 256, bias=False)"]
    assert "bias" in "".join(re.findall(r"<ins>(.*?)</ins>", re.sub(r"</?span[^>]*>", "", page)))
    assert "0 of 1 checked" in page


def test_every_place_of_a_finding_is_followed(
    visit: Visit, here: World, sqlite_database: Database, tmp_path: Path
) -> None:
    finding = file(sqlite_database, here, "cem", "DCGAN", path="main.ipynb", place="cell-2-L1")
    places = [read_place("cell-2-L1", "main.ipynb"), read_place("L7", "model.py"), read_place("L1", "README.md")]
    with sqlite_database.writing() as session:
        point_finding(session, actor=here.actor("cem"), now=REVIEWING, course="dgm", review_id=finding.review_id,
                      finding_id=finding.id, objects=here.objects, places=places)  # fmt: skip
    save(sqlite_database, here, "cem", "DCGAN")
    submit(sqlite_database, here, "cem", "DCGAN")
    freeze(sqlite_database, here, tmp_path / "shared", 2, VERSION_2_FILES)
    page = visit("cem").get(fixes_url(here))
    body = page.get_data(as_text=True)
    assert body.count('<section class="fix-place"') == 3
    assert f'id="{finding.id}-0-new-cell-4"' in body
    assert "main.ipynb, cell 3, line 1 → cell 5, line 1 moved" in words_of(page)
    assert "model.py, line 7 → line 8 changed" in words_of(page)
    assert "README.md, line 1 → line 1 unchanged" in words_of(page)
    assert 'id="filter-state"' in body


def test_ids_are_the_pages_only_ones_however_many_findings_share_a_cell(visit: Visit, here: World, hand_in) -> None:
    hand_in(("main.ipynb", "cell-2-L1"), ("main.ipynb", "cell-2"), ("main.ipynb", "cell-2-output-0"))
    page = visit("cem").get(fixes_url(here)).get_data(as_text=True)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))


def test_text_that_looks_like_an_id_of_ours_stays_as_it_was(visit: Visit, here: World, hand_in) -> None:
    hostile = 'x = \'<a id="old-L1" href="#old-L1">\'\n'
    hand_in(
        ("model.py", "L7"), files={"DCGAN/model.py": MODEL.replace("class Generator", f"{hostile}class Generator", 1)}
    )
    page = visit("cem").get(fixes_url(here)).get_data(as_text=True)
    assert '<a id="old-L1"' not in page
    told = re.sub(r"</?(?:span|ins|del)[^>]*>", "", page)
    assert "&lt;a id=&#34;old-L1&#34;" in told or '&lt;a id="old-L1"' in told or "&lt;a id=&quot;old-L1&quot;" in told


@pytest.mark.parametrize(
    ("place", "files", "words"),
    [
        ("L7", {}, "unchanged the file is unchanged"),
        ("L7", {"DCGAN/model.py": "import math\n" + MODEL}, "moved the same lines"),
        ("L7", {"DCGAN/model.py": MODEL.replace("        self.project = torch.nn.Linear(size, 256)\n", "")}, "gone no line"),
        ("L7", {"DCGAN/model.py": None}, "gone the file is not there any more"),
        ("L7", {"DCGAN/model.py": None, "DCGAN/net/generator.py": "import math\n" + MODEL}, "moved the same lines"),
        ("file", {"DCGAN/model.py": "import math\n" + MODEL}, "changed the file was changed"),
    ],
)  # fmt: skip
def test_what_became_of_a_place_in_words(
    visit: Visit, here: World, hand_in, place: str, files: dict[str, str | bytes | None], words: str
) -> None:
    hand_in(("model.py", place), files=files)
    assert words in words_of(visit("cem").get(fixes_url(here)))


def test_claim_without_a_change_is_told(visit: Visit, here: World, hand_in) -> None:
    hand_in(("model.py", "L7"), files={"DCGAN/README.md": "# New\n"})
    assert "code here unchanged" in words_of(visit("cem").get(fixes_url(here)))


def test_plain_forms_check_and_take_back_and_keep_the_filter(
    visit: Visit, here: World, hand_in, sqlite_database: Database
) -> None:
    (finding,) = hand_in(("model.py", "L7"))
    cem = visit("cem")
    done = cem.post(f"{finding_url(here, finding, 'check')}?severity=major", {"verdict": "partly", "text": "Half."})
    assert done.headers["Location"].endswith(f"?open={finding.id}&severity=major#finding-{finding.id}")
    assert "1 of 1 checked" in words_of(cem.get(fixes_url(here)))
    assert "reviewer: partly fixed" in words_of(visit("ada").get("/c/dgm/projects/DCGAN/findings"))
    taken = cem.post(finding_url(here, finding, "undo-check"), {"sequence": "1"})
    assert taken.status_code == 303
    assert "0 of 1 checked" in words_of(cem.get(fixes_url(here)))
    assert cem.post(finding_url(here, finding, "undo-check"), {"sequence": "many"}).status_code == 422
    with sqlite_database.reading() as session:
        assert session.scalars(select(FixCheck.text)).all() == ["Half."]


def test_htmx_gets_the_verdict_its_mark_and_the_progress(visit: Visit, here: World, hand_in) -> None:
    (finding,) = hand_in(("model.py", "L7"))
    sent = visit("cem").post(finding_url(here, finding, "check"), {"verdict": "fixed"}, headers=HTMX)
    body = sent.get_data(as_text=True)
    assert sent.status_code == 200
    assert re.findall(r'id="([^"]+)"[^>]*hx-swap-oob="true"', body) == [f"mark-{finding.id}", "fix-progress"]
    assert 'value="fixed" aria-pressed="true"' in body
    assert "1 of 1 checked" in body
    assert "<html" not in body


def test_filters_show_what_is_asked_for(visit: Visit, here: World, hand_in, sqlite_database: Database) -> None:
    first, second = hand_in(("model.py", "L7"), ("README.md", "L1"))
    with sqlite_database.writing() as session:
        check_fix(session, actor=here.actor("cem"), now=CHECKING, course="dgm", review_id=first.review_id,
                  finding_id=first.id, verdict="fixed")  # fmt: skip
    cem = visit("cem")

    def shown(query: str) -> list[str]:
        return re.findall(
            r'<article [^>]*id="finding-([^"]+)"', cem.get(f"{fixes_url(here)}?{query}").get_data(as_text=True)
        )

    assert shown("") == [first.id, second.id]
    assert (shown("check=unchecked"), shown("check=checked"), shown("check=fixed")) == (
        [second.id],
        [first.id],
        [first.id],
    )
    assert (shown("state=changed"), shown("state=same"), shown("severity=trivial")) == ([first.id], [second.id], [])
    assert shown("check=%27--&state=nonsense") == []


def test_place_is_pointed_at_by_a_guess_by_words_and_as_gone(visit: Visit, here: World, hand_in) -> None:
    (finding,) = hand_in(("model.py", "L7"))
    cem = visit("cem")
    page = cem.get(fixes_url(here)).get_data(as_text=True)
    guess = re.search(r'name="token" value="(L\d+)"', page)
    assert guess is not None
    url = finding_url(here, finding, "places/0")
    for fields, told in (
        ({"path": "model.py", "token": guess[1]}, f"line {guess[1][1:]}"),
        ({"path": "main.ipynb", "place": "cell 2"}, "main.ipynb, cell 2"),
        ({"path": "model.py", "token": "gone"}, "where it was gone"),
    ):
        assert cem.post(url, fields).status_code == 303
        assert told in words_of(cem.get(fixes_url(here)))
    assert "Pointed out by the reviewer" in words_of(cem.get(fixes_url(here)))
    assert cem.post(f"{url}/undo").status_code == 303
    assert "model.py, line 7 → main.ipynb, cell 2" in words_of(cem.get(fixes_url(here)))
    for wrong in (
        {"path": "model.py", "place": "line 99"},
        {"path": "model.py", "place": "there"},
        {"path": "", "place": "1"},
    ):
        assert cem.post(url, wrong).status_code == 422


def test_only_the_first_places_stand_in_the_page_and_the_rest_come_when_asked_for(
    visit: Visit, here: World, hand_in
) -> None:
    findings = hand_in(*[("model.py", f"L{number}") for number in (1, 4, 5, 7, 9, 10)])
    cem = visit("cem")
    page = cem.get(fixes_url(here)).get_data(as_text=True)
    assert page.count('<section class="fix-place"') == 3
    assert page.count('hx-trigger="intersect once, click"') == 3
    opened = cem.get(f"{fixes_url(here)}?open={findings[5].id}").get_data(as_text=True)
    assert opened.count('<section class="fix-place"') == 4
    part = cem.get(f"{fixes_url(here)}/{findings[5].id}").get_data(as_text=True)
    assert part.count('<section class="fix-place"') == 1
    assert "<html" not in part
    assert cem.get(f"{fixes_url(here)}/nobody").status_code == 404


def test_developers_and_staff_read_the_same_page_and_learn_no_name(
    visit: Visit, here: World, hand_in, sqlite_database: Database
) -> None:
    (finding,) = hand_in(("model.py", "L7"))
    with sqlite_database.writing() as session:
        check_fix(session, actor=here.actor("cem"), now=CHECKING, course="dgm", review_id=finding.review_id,
                  finding_id=finding.id, verdict="partly", text="Half of it.")  # fmt: skip
    url = "/c/dgm/projects/DCGAN/fixes"
    for name in ("ada", "iris"):
        page = visit(name).get(url)
        body = page.get_data(as_text=True)
        assert "The reviewer: Partly fixed" in words_of(page)
        assert cells_of(body, "new") == ["8: self.project = torch.nn.Linear(size, 256, bias=False)"]
        assert "/findings/" not in body.replace('/findings"', "")
        assert "Not the right place" not in body
        assert visit(name).get(f"{url}/{finding.id}").status_code == 200
    hidden = ["Cem", here.users["cem"], here.enrollments["cem"], here.reviews["cem", "DCGAN"], "cem@example.org"]
    body = visit("ada").get(url).get_data(as_text=True)
    assert [word for word in hidden if word in body] == []
    assert [visit(name).get(url).status_code for name in ("cem", "derya", "olga")] == [404, 404, 404]
    assert [visit(name).get(fixes_url(here)).status_code for name in ("ada", "derya", "olga")] == [404, 404, 404]


def test_developers_read_the_page_before_version_2_without_places_in_it(
    visit: Visit, here: World, sqlite_database: Database
) -> None:
    file(sqlite_database, here, "cem", "DCGAN", path="model.py", place="L7")
    save(sqlite_database, here, "cem", "DCGAN")
    submit(sqlite_database, here, "cem", "DCGAN")
    words = words_of(visit("ada").get("/c/dgm/projects/DCGAN/fixes"))
    assert "Version 2 is not frozen yet." in words
    assert "Version 1 model.py, line 7" in words
    assert words_of(visit("ada", REVIEWING).get("/c/dgm/projects/DCGAN/fixes")).startswith(
        "There is nothing here for you"
    )


def test_reviewer_who_was_released_reads_their_words_and_nothing_of_version_2(
    visit: Visit, here: World, hand_in, sqlite_database: Database
) -> None:
    hand_in(("model.py", "L7"))
    with sqlite_database.writing() as session:
        session.execute(update(Assignment).values(released_at=CHECKING))
    page = visit("cem").get(fixes_url(here))
    assert page.status_code == 200
    assert "Finding at L7." in words_of(page)
    assert "bias=False" not in page.get_data(as_text=True)


def test_findings_on_a_replaced_version_1_are_carried_from_where_they_were_made(
    visit: Visit, here: World, sqlite_database: Database, tmp_path: Path
) -> None:
    file(sqlite_database, here, "cem", "DCGAN", path="model.py", place="L7")
    replaced = "# a head\n# of three\n# lines\n" + MODEL.replace("256", "512")
    freeze(sqlite_database, here, tmp_path / "shared", 2, {"DCGAN/model.py": replaced})
    with sqlite_database.writing() as session:  # what was frozen as version 2 becomes the new version 1
        session.execute(update(Snapshot).where(Snapshot.id == here.snapshots["DCGAN", 1]).values(replaced_at=REVIEWING))
        session.execute(
            update(Snapshot)
            .where(Snapshot.id == here.snapshots["DCGAN", 2])
            .values(version=1, sequence=2, kind="replaced", frozen_at=VERSION_1)
        )
    save(sqlite_database, here, "cem", "DCGAN")
    submit(sqlite_database, here, "cem", "DCGAN")
    last = {"DCGAN/model.py": replaced.replace("512", "1024")}
    desk = visit("cem", REVIEWING).get(f"/c/dgm/reviews/{here.reviews['cem', 'DCGAN']}?path=model.py")
    assert 'data-finding-place="L10"' in desk.get_data(as_text=True)
    with sqlite_database.writing() as session:
        session.execute(delete(Snapshot).where(Snapshot.version == 2))
    freeze(sqlite_database, here, tmp_path / "shared", 2, last)
    page = visit("cem").get(fixes_url(here)).get_data(as_text=True)
    assert cells_of(page, "old") == ["7: self.project = torch.nn.Linear(size, 256)"]
    assert cells_of(page, "new") == ["10: self.project = torch.nn.Linear(size, 1024)"]


def test_pages_of_fixes_ask_as_often_for_30_findings_as_for_1(
    visit: Visit, here: World, sqlite_database: Database, query_count, tmp_path: Path
) -> None:
    counts = []
    for edition, numbers in enumerate((range(1), range(1, 30))):
        for number in numbers:
            file(sqlite_database, here, "cem", "DCGAN", path="model.py", place="L7", text=f"Finding number {number}.")
        save(sqlite_database, here, "cem", "DCGAN")
        submit(sqlite_database, here, "cem", "DCGAN", edition=edition)
        if edition == 0:
            freeze(sqlite_database, here, tmp_path / "shared", 2, VERSION_2_FILES)
        asked = {}
        for name, url in (("cem", fixes_url(here)), ("ada", "/c/dgm/projects/DCGAN/fixes")):
            who = visit(name)
            who.get(url)
            with query_count(sqlite_database) as statements:
                assert who.get(url).status_code == 200
            asked[name] = len(statements)
        counts.append(asked)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 30


def test_what_is_left_of_the_findings_is_told_where_developers_and_staff_look(
    visit: Visit, here: World, hand_in, sqlite_database: Database
) -> None:
    hand_in(("model.py", "L7"), ("README.md", "L1"))
    with sqlite_database.writing() as session:
        session.execute(update(Snapshot).values(outcome={"on_time": True, "cost": "no cost", "rule": ""}))
    for name in ("ada", "iris"):
        words = words_of(visit(name).get("/c/dgm/projects/DCGAN"))
        assert "What is left of the findings" in words
        assert "Open findings, day by day (version 2 due 8 Jan)" in words
        assert "Open findings, day by day" in words_of(visit(name).get("/c/dgm/projects/DCGAN/fixes"))
    assert "What is left of the findings" not in words_of(visit("derya").get("/c/dgm/projects/DCGAN"))
    iris = visit("iris")
    assert "DCGAN 2 0 0 2" in words_of(iris.get("/c/dgm/progress/burn-down"))
    part = iris.get("/c/dgm/progress/burn-down", headers=HTMX).get_data(as_text=True)
    assert part.startswith("<figure")
    assert visit("ada").get("/c/dgm/progress/burn-down").status_code == 403


def test_burn_down_asks_as_often_for_three_projects_as_for_one(
    visit: Visit, here: World, sqlite_database: Database, query_count
) -> None:
    counts = []
    for key in ("DCGAN", "GLOW"):
        if key == "GLOW":
            assign(sqlite_database, here, "cem", key)
        file(sqlite_database, here, "cem", key, path="model.py", place="L7")
        save(sqlite_database, here, "cem", key)
        submit(sqlite_database, here, "cem", key)
        iris = visit("iris")
        iris.get("/c/dgm/progress/burn-down")
        with query_count(sqlite_database) as statements:
            assert iris.get("/c/dgm/progress/burn-down").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
