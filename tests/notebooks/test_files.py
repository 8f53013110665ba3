"""What kind a file is, and which addresses inside it lead where."""

import struct

import pytest

from reviewhub.notebooks import FileKind, classify_file, decode_text, path_inside, why_not_shown
from reviewhub.notebooks.images import image_size, image_type
from tests.notebooks.builders import png

JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 30, 40) + b"\x03" * 10
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + b"\x27\x00\x00" + b"\x1d\x00\x00"


@pytest.mark.parametrize(
    ("name", "head", "size", "kind"),
    [
        ("main.ipynb", b"{", 100, FileKind.NOTEBOOK),
        ("main.ipynb", b"{", 65 << 20, FileKind.TOO_LARGE),
        ("MAIN.IPYNB", b"version https://git-lfs.github.com/spec/v1\n", 130, FileKind.LFS_POINTER),
        ("train.py", b"import torch", 12, FileKind.CODE),
        ("Makefile", b"all:", 4, FileKind.CODE),
        ("README.md", b"# A", 3, FileKind.MARKDOWN),
        ("results.csv", b"a,b", 3, FileKind.TABLE),
        ("LICENSE", b"MIT", 3, FileKind.TEXT),
        ("a.png", png(), 80, FileKind.IMAGE),
        ("innocent.py", png(), 80, FileKind.IMAGE),
        ("a.png", b"<script>", 8, FileKind.TEXT),
        ("logo.svg", b"<?xml?><svg >", 20, FileKind.IMAGE),
        ("paper.pdf", b"%PDF-1.7", 8, FileKind.PDF),
        ("clip.mp4", b"\x00\x00\x00\x18ftypmp42", 12, FileKind.VIDEO),
        ("voice.wav", b"RIFF\x00\x00\x00\x00WAVEfmt ", 16, FileKind.SOUND),
        ("weights.pth", b"PK\x03\x04\x00\x00", 6, FileKind.BINARY),
        ("log.txt", b"a", 3 << 20, FileKind.TOO_LARGE),
        ("__init__.py", b"", 0, FileKind.EMPTY),
    ],
)
def test_file_is_what_its_bytes_and_name_say(name: str, head: bytes, size: int, kind: FileKind) -> None:
    assert classify_file(name, head, size) is kind


def test_every_kind_that_is_not_shown_says_why() -> None:
    said = {kind for kind in FileKind if why_not_shown(kind, name="a", size=3_000_000)}

    assert said == {FileKind.LFS_POINTER, FileKind.EMPTY, FileKind.BINARY, FileKind.TOO_LARGE}
    assert (
        why_not_shown(FileKind.TOO_LARGE, name="model.pt", size=3 << 20)
        == "PyTorch weights, 3.0 MB: too large to be shown, but it can be downloaded."
    )


@pytest.mark.parametrize(
    ("body", "media_type", "size"),
    [
        (png(640, 480), "image/png", (640, 480)),
        (JPEG, "image/jpeg", (40, 30)),
        (b"GIF89a" + struct.pack("<HH", 5, 6), "image/gif", (5, 6)),
        (WEBP, "image/webp", (40, 30)),
        (b'<svg width="30pt" height="15">', "image/svg+xml", (40, 15)),
        (b"<svg viewBox='0 0 1 1'>", "image/svg+xml", (None, None)),
        (b"\x89PNG\r\n\x1a\n", "image/png", (None, None)),
        (b"\xff\xd8\xff", "image/jpeg", (None, None)),
        (b"hello", None, (None, None)),
    ],
)
def test_image_is_known_by_its_bytes(body: bytes, media_type: str | None, size: tuple[int | None, int | None]) -> None:
    assert image_type(body) == media_type
    assert image_size(body) == size


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("a.png", "AWGAN/code/a.png"),
        ("../fig/loss%20curve.png?raw=1#x", "AWGAN/fig/loss curve.png"),
        ("/README.md", "README.md"),
        ("../../../etc/passwd", None),
        ("..%2f..%2f..%2fetc", None),
        ("a\\b", None),
        ("a%00b", None),
        ("", None),
        ("#top", None),
    ],
)
def test_relative_path_stays_inside_the_repository(path: str, inside: str | None) -> None:
    assert path_inside("AWGAN/code", path) == inside


def test_text_that_is_not_utf8_is_read_and_told() -> None:
    assert decode_text("çözüm".encode()) == ("çözüm", "")
    assert decode_text(b"\xef\xbb\xbfx") == ("x", "")
    assert decode_text("x".encode("utf-16")) == ("x", "")
    assert decode_text(b"caf\xe9")[0] == "caf\ufffd"
    assert (
        decode_text(b"caf\xe9")[1] == "This file is not UTF-8; characters that could not be read are shown as \ufffd."
    )
