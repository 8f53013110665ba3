"""What no linter knows of the house: docs/architecture.md tells why."""

import ast
import configparser
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "reviewhub"
PAPERS = PACKAGE / "demonstration" / "papers"
ROOMS_OF_THE_COURSE = ("accounts", "courses", "projects", "reviews", "grades")
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "handler", "data", "info", "process", "misc"}
MOST_LINES = 400
# Modules that are neither rules nor import SQLAlchemy: they call git, make HTML or stand on pages.
NO_RULES = re.compile(r"__init__|pages|waiting|.*_pages|forms?|archives?|places|suggested|finding_words")


def modules(folder: Path = PACKAGE) -> list[Path]:
    """Every module of ours; samples and written migrations are not read."""
    return [
        file for file in sorted(folder.rglob("*.py")) if PAPERS not in file.parents and file.parent.name != "versions"
    ]


def imports(file: Path) -> set[str]:
    """The full names of what a module imports."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def dotted(file: Path) -> str:
    """A module's name."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


def listed_rules() -> set[str]:
    """The modules that .importlinter holds to be rules."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    return set(parser["importlinter:contract:rules"]["source_modules"].split())


def reached(name: str, known: dict[str, set[str]], seen: set[str]) -> set[str]:
    """Everything that a module imports, and what that imports, and so on."""
    if name not in seen:
        seen.add(name)
        for one in known.get(name, ()):
            reached(one, known, seen)
    return seen


def test_every_module_that_could_be_a_rule_is_held_to_it() -> None:
    impure = ("sqlalchemy", "flask", "git", "subprocess", "reviewhub.web", "reviewhub.storage", "reviewhub.github")
    known = {dotted(file): imports(file) for file in modules()}
    free = {
        dotted(file)
        for room in ROOMS_OF_THE_COURSE
        for file in modules(PACKAGE / room)
        if not NO_RULES.fullmatch(file.stem)
        and "pages" not in file.parts
        and not any(
            name == far or name.startswith(f"{far}.") for name in reached(dotted(file), known, set()) for far in impure
        )
    }

    assert sorted(free - listed_rules()) == []
    assert sorted(rule for rule in listed_rules() if rule not in known) == []


@pytest.mark.parametrize("file", modules(), ids=dotted)
def test_a_module_is_not_named_by_a_word_that_says_nothing(file: Path) -> None:
    assert NO_NAMES.isdisjoint({file.stem, file.parent.name})


@pytest.mark.parametrize("file", modules(), ids=dotted)
def test_a_module_fits_one_reading(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize(
    "room", [file.parent for file in sorted(PACKAGE.glob("*/__init__.py"))], ids=lambda room: room.name
)
def test_a_room_says_what_it_is_for(room: Path) -> None:
    words = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))

    assert words


def test_no_verb_or_rule_asks_the_machine_for_the_time() -> None:
    asking = {
        dotted(file)
        for file in modules()
        if re.search(r"datetime\.(now|utcnow|today)\(|\bdate\.today\(", file.read_text(encoding="utf-8"))
    }

    allowed = {
        "reviewhub.storage.clock",  # the one place that asks
        "reviewhub.jobs.workflows",  # the work database goes by the machine's clock, whatever the demonstration's says
        "reviewhub.cli.database",  # when a backup was made is a fact of the machine
    }
    assert sorted(asking - allowed) == []


def test_no_verb_commits() -> None:
    committing = {
        dotted(file) for file in modules() if re.search(r"\.(commit|rollback)\(\)", file.read_text(encoding="utf-8"))
    }

    assert committing == set()


def templates() -> list[Path]:
    """Every template."""
    return sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("file", templates(), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_template_holds_no_script_style_or_handler_of_its_own(file: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text) == []
    assert re.findall(r"<style\b", text) == []
    assert re.findall(r"\sstyle\s*=", text) == []
    assert re.findall(r"\son[a-z]+\s*=\s*[\"']", text) == []
    assert re.findall(r"javascript:", text, re.IGNORECASE) == []
    assert re.findall(r"(?:src|href)=[\"'](?:https?:)?//", text) == []


def test_only_one_template_trusts_html() -> None:
    trusting = [
        str(file.relative_to(ROOT / "templates"))
        for file in templates()
        if re.search(r"\|\s*safe\b|\{%-?\s*autoescape\s+false", file.read_text(encoding="utf-8"))
    ]

    assert trusting == ["web/_rendered.html"]


def test_the_requirement_files_are_pinned_hashed_and_name_no_index() -> None:
    for name in ("run", "dev", "bench"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        entries = [entry for entry in re.split(r"\n(?=\S)", text) if entry.strip() and not entry.startswith("#")]
        assert [entry for entry in entries if "==" not in entry.split("\n")[0] or "--hash=sha256:" not in entry] == []
        assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links", text) == []


def test_both_requirement_files_pin_the_same_versions() -> None:
    pins = {}
    for name in ("run", "dev"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pins[name] = dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", text, re.MULTILINE))

    assert {package: pins["dev"].get(package) for package in pins["run"]} == pins["run"]
