"""The installation's settings: the file that ships shows every key with its default, and faults are told by their key."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from reviewhub.config import Settings, read_settings, settings_from
from reviewhub.errors import Misconfigured

SHIPPED = Path(__file__).parent.parent / "config.toml"


def _keys(part: type[BaseModel], prefix: str = "") -> set[str]:
    found = set()
    for name, field in part.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            found |= _keys(annotation, f"{prefix}{name}.")
        else:
            found.add(prefix + name)
    return found


def test_shipped_file_is_the_defaults() -> None:
    assert read_settings(SHIPPED) == Settings()


def test_shipped_file_shows_every_key() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    shown = set()
    table = ""
    for line in text.splitlines():
        if head := re.fullmatch(r"\[(\w+)\]", line):
            table = head[1]
        elif key := re.match(r"(?:# )?(\w+) = ", line):
            shown.add(f"{table}.{key[1]}")
    assert shown == _keys(Settings)


def test_no_file_is_a_working_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REVIEWHUB_CONFIG", raising=False)
    assert read_settings() == Settings()


def test_named_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"There is no settings file .*nothing\.toml"):
        read_settings(tmp_path / "nothing.toml")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[server]\nthreds = 4", "server.threds: there is no such key, did you mean threads?"),
        ("[mial]\nport = 4", "mial: there is no such key, did you mean mail?"),
        ("[server]\nthreads = 0", "server.threads: Input should be greater than or equal to 1"),
        (
            '[server]\ncontent_url = "http://127.0.0.1:9000"',
            "content_url needs another host name than base_url, because cookies do not know ports",
        ),
    ],
)
def test_fault_is_told_by_its_key(text: str, sentence: str) -> None:
    with pytest.raises(Misconfigured) as told:
        settings_from(tomllib.loads(text), place="config.toml")
    assert sentence in told.value.message


def test_every_fault_is_told_at_once() -> None:
    content = tomllib.loads("[server]\nthreds = 4\n[mail]\nport = 99999")
    with pytest.raises(Misconfigured) as told:
        settings_from(content, place="config.toml")
    assert "server.threds" in told.value.message
    assert "mail.port" in told.value.message


def test_broken_toml_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[server\n", encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"config\.toml cannot be read: .*line 1"):
        read_settings(file)
