"""Projects are found in folders, not typed; guesses carry their reason."""

from dataclasses import dataclass

import pytest

from reviewhub.projects.discovery import describe, find_candidates, find_whole, make_key, make_unique
from reviewhub.projects.info_files import Paper, read_heading, read_info, read_submodules
from reviewhub.projects.members import Author, Person, guess_group, guess_members


@dataclass(frozen=True)
class File:
    path: str
    kind: str = "file"


def found(*paths: str, below: str = "") -> list[str]:
    return [candidate.folder for candidate in find_candidates([File(path) for path in paths], below=below)]


def test_folder_with_a_notebook_an_info_file_or_a_readme_is_a_project() -> None:
    paths = (
        "A/main.ipynb",
        "B/info.yaml",
        "C/README.md",
        "D/x.py",
        "README.md",
        ".github/README.md",
        "E/src/run.ipynb",
    )
    assert found(*paths) == ["A", "B", "C", "E"]


def test_reasons_say_what_it_was_recognised_by() -> None:
    files = [File(f"A/{name}") for name in ("main.ipynb", "info.yaml", "README.md", "goals.txt", "d/extra.ipynb")]
    (candidate,) = find_candidates(files)
    assert candidate.reasons == ("it has info.yaml", "it has 1 notebook", "it has goals.txt", "it has README.md")
    assert candidate.reads == ("A/info.yaml", "A/README.md")


def test_folder_that_only_holds_projects_is_looked_into() -> None:
    assert found("projects/A/info.yaml", "projects/B/info.json", "projects/README.md") == ["projects/A", "projects/B"]
    assert found("2024/spring/A/info.yaml", "2024/spring/B/info.yaml") == ["2024/spring/A", "2024/spring/B"]


def test_folders_of_one_project_stay_one_project() -> None:
    assert found("A/README.md", "A/one/x.ipynb", "A/two/y.ipynb", "A/data/README.md") == ["A"]
    assert found("A/info.yaml", "A/one/info.yaml", "A/two/info.yaml") == ["A"]


def test_course_file_names_the_folder_to_look_in() -> None:
    assert found("projects/A/x.ipynb", "lectures/one.ipynb", below="projects") == ["projects/A"]


def test_submodule_is_shown_with_its_address() -> None:
    (candidate,) = find_candidates([File("Sub", "submodule"), File("x/y/deep", "submodule")])
    project = describe(
        candidate,
        branch="refs/heads/main",
        texts={".gitmodules": '[submodule "Sub"]\n\tpath = Sub\n\turl = https://example.org/sub.git\n'},
    )
    assert (project.folder, project.is_submodule, project.link) == ("Sub", True, "https://example.org/sub.git")


def test_whole_branch_is_a_project_where_its_top_has_a_notebook() -> None:
    whole = find_whole([File("main.ipynb"), File("README.md"), File("src/x.py")])
    assert whole is not None
    project = describe(whole, branch="refs/heads/team-rocket", texts={"README.md": "# Our GAN\n"})
    assert (project.key, project.title, project.folder) == ("team-rocket", "Our GAN", "")
    assert find_whole([File("A/main.ipynb"), File("README.md")]) is None


def test_info_file_that_is_no_valid_yaml_is_read() -> None:
    text = (
        "- acronym: DiffDis\n  title: DiffDis: Empowering Models\n  year: 2023\n  venue: ICCV\n"
        "  paper_authors: R. Huang, J. Han\n  group_members: Barış Tezcan, Furkan Genç"
    )
    info = read_info("info.yaml", text)
    assert info.papers == (
        Paper(title="DiffDis: Empowering Models", venue="ICCV", year="2023", authors="R. Huang, J. Han"),
    )
    assert (info.acronym, info.members) == ("DiffDis", ("Barış Tezcan", "Furkan Genç"))


def test_info_file_with_lists_and_two_papers_is_read() -> None:
    text = "- title: One\n  group_members:\n    - Ada Çelik\n    - Bora Şahin\n- title: Two\n  year: 2020\n"
    info = read_info("info.yml", text)
    assert [paper.title for paper in info.papers] == ["One", "Two"]
    assert info.members == ("Ada Çelik", "Bora Şahin")


@pytest.mark.parametrize(
    ("text", "titles", "members"),
    [
        ('{"title": "X", "group_members": ["A B", {"name": "C D"}]}', ["X"], ("A B", "C D")),
        ('[{"title": "X"}, {"title": "Y"}]', ["X", "Y"], ()),
        ('{"title": "X",\n broken', ["X"], ()),
        ("[" * 5000, [], ()),
        ("", [], ()),
        ('"just text"', [], ()),
        ('{"title": 5, "year": null}', ["5"], ()),
    ],
)
def test_json_info_file_never_fails(text: str, titles: list[str], members: tuple[str, ...]) -> None:
    info = read_info("info.json", text)
    assert ([paper.title for paper in info.papers], info.members) == (titles, members)


def test_heading_is_read_without_markdown() -> None:
    assert read_heading("badge\n\n# **A** [link](http://x) `code` ##\ntext") == "A link code"
    assert read_heading("no heading") == ""
    assert read_submodules("url = x\n[") == {}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("AWGAN", "AWGAN"),
        ("Ağ yapısı 2", "Ag-yapisi-2"),
        ("../..", ""),
        ("<script>", "script"),
        ("x" * 90, "x" * 40),
        ("日本", ""),
    ],
)
def test_key_is_made_from_any_name(name: str, key: str) -> None:
    assert make_key(name) == key


def test_key_that_is_taken_gets_a_number() -> None:
    assert make_unique("A", ["a", "A-2"]) == "A-3"


PEOPLE = (
    Person(enrollment_id="1", name="Barış Sarper Tezcan", email="baris@example.org", group_id="g1"),
    Person(enrollment_id="2", name="Furkan GENÇ", email="furkan@example.org", group_id="g1"),
    Person(enrollment_id="3", name="Furkan Küçük", email="kucuk@example.org", group_id="g2"),
    Person(enrollment_id="4", name="İrem Işık", email="irem@example.org"),
)


def test_members_are_guessed_from_names_and_authors_with_a_reason() -> None:
    guesses = guess_members(
        ["Baris Tezcan", "furkan genc", "Furkan"],
        [Author(name="x", email="KUCUK@example.org", commits=1), Author(name="irem isik", email="i@x", commits=3)],
        PEOPLE,
    )
    assert [(guess.person.enrollment_id, guess.reason) for guess in guesses] == [
        ("1", "the info file names Baris Tezcan"),
        ("2", "the info file names furkan genc"),
        ("3", "1 commit by KUCUK@example.org"),
        ("4", "3 commits by irem isik"),
    ]
    assert guess_group(guesses) == "g1"


def test_group_is_not_guessed_from_a_draw_or_from_nobody() -> None:
    one, _, three, four = PEOPLE
    draw = guess_members([one.name, three.name], [], PEOPLE)
    assert guess_group(draw) is None
    assert guess_group(guess_members([four.name], [], PEOPLE)) is None
