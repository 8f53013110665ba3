"""Version 1 beside version 2 on the pages: every kind of file, both views, folds, places, rights."""

import html
import re

import pytest
from markupsafe import Markup
from sqlalchemy import update

from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.notebooks.beside import Lines, difference_table
from reviewhub.notebooks.choice import Choice
from reviewhub.notebooks.differences import diff_texts
from reviewhub.projects.compared_files import Form, compare_file, read_comparison_at
from reviewhub.projects.comparing import compare_versions
from reviewhub.projects.tables import Project
from reviewhub.reviews.tables import Assignment
from tests.notebooks.builders import code, notebook
from tests.projects.compared import freeze_both
from tests.projects.test_pages import Visit, visit, words  # noqa: F401 - the fixture of the same pages
from tests.projects.worlds import DUE_2, World, minutes

COMPARE = "/projects/AWGAN/compare/"
AFTER_2 = DUE_2 + minutes(61)


@pytest.fixture
def both(sqlite_world: World) -> World:
    return freeze_both(sqlite_world)


@pytest.fixture
def reader(visit, both: World, clock) -> Visit:  # noqa: F811 - the fixture
    clock.put(AFTER_2)
    return visit("ada")


def rows_of(page: str) -> list[tuple[str, str]]:
    """The rows of a table of lines: their class and their words."""
    found = re.findall(r'<tr class="d-(\w+)"[^>]*>(.*?)</tr>', page.replace("<tr data-change", "<tr"), re.DOTALL)
    return [(kind, " ".join(html.unescape(re.sub(r"<[^>]+>", " ", row)).split())) for kind, row in found]


def pairs_of(page: str) -> list[str]:
    """The cells of a notebook that are shown, by their heads, and the folds between them."""
    heads = re.findall(r'<header class="pair-head">(.*?)</header>|<p class="fold[^>]*>(.*?)</p>', page, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", "".join(head))).split()) for head in heads]


PAGES = [
    (COMPARE, {"deniz", "ada"}),
    (f"{COMPARE}model.py", {"deniz", "ada"}),
    (f"{COMPARE}model.py?part=new-L1-L46", {"deniz", "ada"}),
    (f"{COMPARE}README.md", {"deniz", "ada"}),
    (f"{COMPARE}src", set()),
    (f"{COMPARE}nothing.py", set()),
    (f"{COMPARE}?from=2&to=latest", {"deniz", "ada"}),
    (f"{COMPARE}?from=2&to=1", set()),
]


def test_pages_open_for_those_who_may(visit, both: World, clock) -> None:  # noqa: F811
    clock.put(AFTER_2)
    people = {name: visit(name) for name in ("deniz", "oya", "ada", "cem", "defne")}
    answers = {path: {name: one.get(path).status_code for name, one in people.items()} for path, _ in PAGES}
    opened = {path: {name for name, status in said.items() if status == 200} for path, said in answers.items()}
    assert opened == dict(PAGES)
    assert {status for said in answers.values() for status in said.values()} <= {200, 403, 404}


def test_list_tells_of_every_file_what_happened_to_it(reader: Visit) -> None:
    text = reader.text(COMPARE)
    assert "From version 1 to version 2 15 files differ, 1 is the same." in text
    for row in (
        "broken.ipynb compared when it is opened",
        "data.bin 3 B → 4 B",
        "gone.py removed +0 −1",
        "link +1 −1",
        "main.ipynb 2 cells changed, 1 new, 1 removed, 1 moved, outputs of 3 more differ",
        "model.py +2 −1",
        "new & <b>.py new +1 −0",
        "run.sh permissions only",
        "sub submodule",
        "weights.pt +1 −1",
        "figure.png",
        "losses.py renamed was old losses.py , 98 % the same +1 −1",
        "other name.py renamed was same name.py same content",
    ):
        assert row in text


def test_list_is_filtered_by_name_and_its_links_open(reader: Visit) -> None:
    page = reader.get(COMPARE).text
    links = [html.unescape(link) for link in re.findall(r'class="file-link" href="([^"]+)"', page)]
    assert [reader.client.get(link).status_code for link in links] == [200] * 15
    assert "losses.py" in reader.text(f"{COMPARE}?name=LOSS")
    assert "model.py" not in reader.text(f"{COMPARE}?name=LOSS")
    assert "No file that differs has “<b>x” in its name." in reader.text(f"{COMPARE}?name=<b>x")


def test_versions_that_are_the_same_say_so(reader: Visit) -> None:
    text = reader.text(f"{COMPARE}?from=2&to=latest")
    assert "Both versions are the same" in text
    assert "Version 1 → Version 2 Version 1 → Latest push Version 2 → Latest push" in text
    assert "What changed since version 2" in reader.text("/projects/AWGAN")


def test_lines_stand_side_by_side_with_their_places_and_changed_words(reader: Visit) -> None:
    page = reader.get(f"{COMPARE}model.py").text
    assert [kind for kind, _ in rows_of(page)] == ["gap", *["same"] * 3, "changed", *["same"] * 3, "gap",
                                                   *["same"] * 3, "added"]  # fmt: skip
    assert ("changed", "50 step_50 = 50 50 step_50 = 5000") in rows_of(page)
    assert '<a id="old-L50" href="#old-L50">50</a>' in page
    assert '<a id="new-L101" href="#new-L101">101</a>' in page
    assert re.search(r"<del>.*50.*</del>", page)
    assert re.search(r"<ins>.*5000.*</ins>", page)
    assert page.count("data-change>") == 2
    assert '<span class="gap-heading"><span class="k">def </span><span class="nf">train</span>' in page


def test_unified_view_shows_what_went_above_what_came(reader: Visit) -> None:
    rows = rows_of(reader.get(f"{COMPARE}model.py?view=unified").text)
    assert [row for row in rows if row[0] in {"removed", "added"}] == [
        ("removed", "50 step_50 = 50"),
        ("added", "50 step_50 = 5000"),
        ("added", "101 return step_100"),
    ]
    assert ("same", "49 49 step_49 = 49") in rows


def test_folded_lines_open_by_link_and_as_a_part(reader: Visit) -> None:
    page = reader.get(f"{COMPARE}model.py").text
    links = [html.unescape(link) for link in re.findall(r'class="unfold[^>]*? href="([^"]+)"', page)]
    parts = [html.unescape(link) for link in re.findall(r'class="unfold[^>]*? hx-get="([^"]+)"', page)]

    opened = reader.client.get(links[0].partition("#")[0]).text
    part = reader.client.get(parts[0]).text

    assert "Show 20 more above" in words(page)
    assert next(row for row in rows_of(opened) if row[0] == "same") == ("same", "27 step_27 = 27 27 step_27 = 27")
    assert [kind for kind, _ in rows_of(part)] == ["gap", *["same"] * 20]
    assert "<html" not in part
    assert reader.get(f"{COMPARE}model.py?part=new-L7000-L8000").status_code == 404
    assert reader.get(f"{COMPARE}model.py?part=x").status_code == 404


def test_white_space_is_left_out_when_asked(reader: Visit) -> None:
    assert "changed 2 x = 1 2 x = 1" in str(rows_of(reader.get(f"{COMPARE}spaces.py").text)).replace("', '", " ")
    assert "The files differ in white space or line ends only." in reader.text(f"{COMPARE}spaces.py?whitespace=off")


SAID = [
        ("data.bin", "The file is no text, so there are no lines to compare. 3 bytes → 4 bytes"),
        ("weights.pt", "Only a Git LFS pointer was pushed; the file itself is not in the repository."),
        ("run.sh", "Only its permissions differ: it can be executed now."),
        ("src/other name.py", "Only its name differs; the content is the same."),
        ("README.md", "The file is the same in both versions."),
        ("link", "A symbolic link, which is not followed: this is where it points."),
        ("sub", "It was a submodule: commit 1111111 of another repository, which is not followed. It is a submodule"),
        ("broken.ipynb", "This file is not a notebook: its JSON is broken"),
        ("old losses.py", "losses.py renamed was old losses.py"),
        ("src/losses.py", "renamed was old losses.py , 98 % the same +1 −1"),
        ("gone.py", "Version 2: removed"),
        ("new & <b>.py", "Version 1: no such file"),
]  # fmt: skip


def test_every_kind_of_file_says_what_it_is(reader: Visit) -> None:
    for name, said in SAID:
        assert said in reader.text(f"{COMPARE}{name}")


def test_broken_notebook_is_compared_as_text(reader: Visit) -> None:
    page = reader.get(f"{COMPARE}broken.ipynb").text
    assert rows_of(page)[-1] == ("added", '1 {"cells": [')
    assert 'id="new-L1"' in page


def test_pictures_stand_side_by_side_with_their_sizes(reader: Visit) -> None:
    page = reader.get(f"{COMPARE}figures/figure.png").text
    addresses = re.findall(r'<img[^>]* src="([^"]+picture[^"]+)"', page)
    assert [reader.client.get(address).mimetype for address in addresses] == ["image/png"] * 2
    assert "Before 6 × 4" in words(page)
    assert "After 8 × 4" in words(page)


def test_notebook_is_shown_cell_by_cell(reader: Visit) -> None:
    page = reader.get(f"{COMPARE}main.ipynb").text

    heads = pairs_of(page)
    assert heads[0] == "1 cell unchanged Show 1 cell unchanged"
    assert heads[1] == "Cell 2 of the old version stands elsewhere now: cell 13"
    assert "Cell 4 Code removed +0 −1" in heads
    assert "Cell 4 Code new +1 −0" in heads
    assert any(head.startswith("Cell 8 → Cell 7 Text") and head.endswith("+1 −1") for head in heads)
    assert any(head.startswith("Cell 9 → Cell 8 Code") and head.endswith("+1 −1") for head in heads)
    assert any(head.startswith("Cell 2 → Cell 13 Code moved") for head in heads)
    assert any("only timings, addresses and the like differ" in head for head in heads)
    assert "42" in page
    assert "How it reads" in words(page)
    ids = re.findall(r' id="((?:old|new)-[^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {"old-cell-1", "new-cell-12", "old-cell-8-L21", "new-cell-7-L21", "new-cell-10-output-0"} <= set(ids)


def test_outputs_are_compared_by_their_form(reader: Visit) -> None:
    page = reader.get(f"{COMPARE}main.ipynb").text
    text = words(page)
    assert "Changed text, +1 −1" in text
    assert "Changed picture" in text
    assert "Before 60 × 40" in text
    assert "data-compare-pictures" in page
    assert "1 cell of the table differs" in text
    assert re.findall(r"<td data-differs>([^<]+)</td>", page) == ["1.5", "9.5"]
    assert "epoch 1 took 0.2 s</td>" in page
    assert "<ins>0.2</ins>" in page or "0.<ins>2</ins>" in page
    kept = [html.unescape(one) for one in re.findall(r'<img[^>]* src="([^"]+kept[^"]+)"', page)]
    assert [reader.client.get(address).mimetype for address in kept] == ["image/png"] * 2
    assert "0x7f10aa" not in page
    assert "New text" in text
    assert "gone" in text


def test_folded_cells_outputs_and_lines_of_a_notebook_open_as_parts(reader: Visit) -> None:
    page = reader.get(f"{COMPARE}main.ipynb").text
    parts = [html.unescape(link) for link in re.findall(r'hx-get="([^"]+part=[^"]+)"', page)]
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+open=[^"]+)"', page)]
    assert [reader.client.get(part).status_code for part in parts] == [200] * len(parts)
    assert [reader.client.get(link.partition("#")[0]).status_code for link in links] == [200] * len(links)

    cells = reader.client.get(next(part for part in parts if "new-cells-" in part)).text
    noise = reader.get(f"{COMPARE}main.ipynb?part=new-cell-9-output-0").text
    lines = reader.client.get(next(part for part in parts if "new-cell-7-L" in part)).text

    assert "Attentive GAN" in cells
    assert "0<del>x7f10aa</del>" in noise
    assert "0<ins>x7f20aa</ins>" in noise
    assert rows_of(lines)[0][0] == "same"
    for wrong in ("new-cells-900-950", "new-cell-900", "new-cell-1-outputs-5-9", "new-cell-0-L900-L950", "old-L1-L2"):
        assert reader.get(f"{COMPARE}main.ipynb?part={wrong}").status_code == 404


def test_notebook_of_one_version_only_and_as_text(reader: Visit, both: World) -> None:
    page = reader.get(f"{COMPARE}main.ipynb?as=source").text
    assert 'id="old-L1"' in page
    assert "As cells" in page


def test_only_the_places_of_a_finding_are_shown(reader: Visit) -> None:
    lines = rows_of(reader.get(f"{COMPARE}model.py?at=old-L50").text)
    cells = reader.get(f"{COMPARE}main.ipynb?at=old-cell-8-L21&at=new-cell-10-output-0").text

    assert lines[0] == ("gap", "Show 20 more above Show all 44 lines unchanged def train (steps):")
    assert lines[-1] == ("gap", "46 lines not shown here, 1 of them changed Show everything")
    assert [kind for kind, _ in lines[1:-1]] == [*["same"] * 5, "changed", *["same"] * 5]
    shown = [head for head in pairs_of(cells) if head.startswith("Cell")]
    assert [head[:17] for head in shown] == ["Cell 9 → Cell 8 C", "Cell 12 → Cell 11"]
    assert "Only the places of a finding are shown" in cells
    assert "Show everything" in cells


def test_marks_stand_at_their_places_and_open_what_hides_them(both: World, reader: Visit) -> None:
    with both.database.reading() as session:
        comparison = compare_versions(
            session, actor=both.actor("ada"), now=AFTER_2, course="ceng796", key="AWGAN", settings=both.settings
        )
    found = compare_file(comparison, "model.py")
    assert (found.form, found.cells) == (Form.LINES, None)
    assert read_comparison_at(comparison, "model.py", ("old-L50",)) == found
    assert read_comparison_at(comparison, "README.md", ("old-L1",)) is None
    assert read_comparison_at(comparison, "model.py", ()) is None

    sides = [Lines(html=text.split("\n"), prefix=side) for text, side in
             ((found.old_text, "old-"), (found.new_text, "new-"))]  # fmt: skip
    marks = {"old-L10": Markup("<b>here</b>"), "new-L50": "<there>"}
    for is_split in (True, False):
        table = difference_table(
            diff_texts(found.old_text, found.new_text), *sides, Choice(marks=marks, is_split=is_split)
        )
        assert 'data-marks="old-L10"><b>here</b>' in table
        assert 'data-marks="new-L50">&lt;there&gt;' in table


def test_files_that_name_the_developers_are_left_out_where_names_are_hidden(visit, both: World, clock) -> None:  # noqa: F811
    clock.put(AFTER_2)
    with both.database.writing() as session:
        course = session.query(Course).one()
        text = course.policy_text.replace('anonymity   = "single"', 'anonymity   = "double"')
        session.execute(update(Course).values(policy_text=text, policy_digest="double"))
        project_id = session.query(Project.id).filter(Project.key == "AWGAN").scalar()
        reviewer_id = session.query(Enrollment.id).join(User).filter(User.email == "defne@example.org").scalar()
        session.add(Assignment(project_id=project_id, reviewer_id=reviewer_id, assigned_at=AFTER_2))
    reviewer = visit("defne")
    assert "info.yaml" in visit("ada").text(COMPARE)
    assert "model.py" in reviewer.text(COMPARE)
    assert "info.yaml" not in reviewer.text(COMPARE)
    assert reviewer.get(f"{COMPARE}info.yaml").status_code == 404
    assert reviewer.get(f"{COMPARE}?to=latest&from=1").status_code in {403, 404}


def test_notebook_with_very_many_outputs_stays_a_small_page(visit, sqlite_world: World, clock) -> None:  # noqa: F811
    def many(version: int, count: int) -> bytes:
        outputs = [{"output_type": "display_data", "data": {"text/plain": f"line {n} of {version}"}, "metadata": {}}
                   for n in range(count)]  # fmt: skip
        return notebook([code("fit()", *outputs, cell_id="fit"), *(code(f"x{n}", cell_id=f"x{n}") for n in range(90))])

    sqlite_world.confirm()
    sqlite_world.shared.receive({"AWGAN/main.ipynb": many(1, 240)}, at=DUE_2 - minutes(60 * 24 * 40))
    sqlite_world.look_and_freeze(DUE_2 - minutes(60 * 24 * 30))
    sqlite_world.shared.receive({"AWGAN/main.ipynb": many(2, 900)}, at=DUE_2 - minutes(9))
    sqlite_world.look_and_freeze(DUE_2 + minutes(60))
    clock.put(AFTER_2)
    reader = visit("ada")
    page = reader.get(f"{COMPARE}main.ipynb").text

    fold = re.search(r'<p class="fold" data-fold="(new-cell-0-outputs-30-899)">', page)
    assert fold is not None
    assert "870 more outputs" in words(page)
    assert len(page) < 120_000
    assert 'id="new-cell-0-output-31-L1"' in reader.get(f"{COMPARE}main.ipynb?part={fold[1]}").text


def test_thirty_files_need_no_more_queries_than_one(visit, sqlite_world: World, clock, query_count) -> None:  # noqa: F811
    counts = []
    sqlite_world.confirm()
    sqlite_world.look_and_freeze(DUE_2 - minutes(60 * 24 * 30))
    sqlite_world.shared.receive({"AWGAN/model.py": "x = 5\n"}, at=DUE_2 - minutes(9))
    sqlite_world.look_and_freeze(DUE_2 + minutes(60))
    sqlite_world.shared.receive({f"AWGAN/more_{n}.py": "x = 5\n" for n in range(30)}, at=DUE_2 + minutes(600))
    sqlite_world.look(DUE_2 + minutes(700))
    clock.put(DUE_2 + minutes(701))
    reader = visit("ada")
    for path in (COMPARE, f"{COMPARE}model.py", f"{COMPARE}?from=1&to=latest", f"{COMPARE}model.py?from=1&to=latest"):
        reader.get(path)
        with query_count(sqlite_world.database) as statements:
            assert reader.get(path).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[2] == counts[3]
    assert "31 files differ" in reader.text(f"{COMPARE}?from=1&to=latest")
