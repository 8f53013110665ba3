"""What the documents say is so: links lead somewhere, commands and make targets exist, rooms are the rooms there are."""

import re
from pathlib import Path

import click
import pytest

from reviewhub.cli import COMMANDS, program

ROOT = Path(__file__).parent.parent
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"\breviewhub((?: [a-z][a-z-]*)+)")
MAKE = re.compile(r"`?\bmake ([a-z]+)\b")


def _commands() -> set[str]:
    found = set(COMMANDS)
    for name in COMMANDS:
        command = _command(name)
        if isinstance(command, click.Group):
            found |= {f"{name} {inner}" for inner in command.commands}
    return found


def _command(name: str) -> click.Command | None:
    return program.get_command(click.Context(program), name)


def _shell(text: str) -> str:
    """The shell blocks and the code spans of a document: what a reader will type."""
    blocks = re.findall(r"```(?:sh|console|shell)\n(.*?)```", text, re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", text)])


@pytest.mark.parametrize("file", DOCS, ids=lambda file: file.name)
def test_links_lead_somewhere(file: Path) -> None:
    broken = [
        target
        for target in LINK.findall(file.read_text(encoding="utf-8"))
        if not target.startswith(("http:", "https:", "#", "mailto:"))
        and not (file.parent / target.partition("#")[0]).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("file", DOCS, ids=lambda file: file.name)
def test_commands_shown_exist(file: Path) -> None:
    known = _commands()
    unknown = []
    for words in COMMAND.findall(_shell(file.read_text(encoding="utf-8"))):
        parts = words.split()
        if parts[0] not in known or (
            isinstance(_command(parts[0]), click.Group) and len(parts) > 1 and " ".join(parts[:2]) not in known
        ):
            unknown.append(words)
    assert unknown == []


@pytest.mark.parametrize("file", DOCS, ids=lambda file: file.name)
def test_make_targets_shown_exist(file: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert set(MAKE.findall(_shell(file.read_text(encoding="utf-8")))) - targets == set()


def test_every_command_is_documented() -> None:
    text = "\n".join(file.read_text(encoding="utf-8") for file in DOCS)
    top = {command for command in _commands() if " " not in command}
    assert {name for name in top if f"reviewhub {name}" not in text} == set()


def test_every_room_is_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {
        folder.name
        for folder in (ROOT / "reviewhub").iterdir()
        if folder.is_dir() and (folder / "__init__.py").exists()
    }
    assert {room for room in rooms if not re.search(rf"^\S*.*\b{room}\b", text, re.MULTILINE)} == set()
