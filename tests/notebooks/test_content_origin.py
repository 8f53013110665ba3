"""Kept files and how they are served: what runs, what does not, and for whom."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reviewhub.notebooks import (
    ContentStore,
    content_address,
    content_response,
    is_kept_signed,
    kept_file_response,
    sign_address,
    sign_kept,
)
from tests.notebooks.builders import png

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECRET = b"a secret of the test"
APP = "http://127.0.0.1:8000"
HTML = "text/html; charset=utf-8"


def answer(store: ContentStore, sha: str, signature: str, **more: str) -> tuple[int, dict[str, str], Iterable[bytes]]:
    status, headers, body = content_response(f"/{sha}", signature, NOW, SECRET, store, app_origin=APP, **more)
    return status, dict(headers), body


def test_signed_output_runs_where_it_can_reach_nothing(store: ContentStore) -> None:
    sha = store.put(b"<script>1</script>", HTML).sha256
    signature = sign_address(sha, "u1", NOW + timedelta(minutes=5), SECRET)

    status, headers, body = answer(store, sha, signature)

    assert (status, body) == (200, [b"<script>1</script>"])
    assert headers["Content-Security-Policy"] == (
        "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; frame-ancestors http://127.0.0.1:8000"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Type"] == HTML
    assert "Set-Cookie" not in headers


def test_address_names_neither_viewer_nor_secret() -> None:
    signature = sign_address("a" * 64, "u1-someone", NOW, SECRET)

    assert (
        content_address("http://localhost:8001/", "a" * 64, signature)
        == f"http://localhost:8001/{'a' * 64}?right={signature}"
    )
    assert "someone" not in signature


def test_wrong_right_is_not_found(store: ContentStore) -> None:
    sha = store.put(b"<p>1</p>", HTML).sha256
    other = store.put(b"<p>2</p>", HTML).sha256
    until = NOW + timedelta(minutes=5)
    good = sign_address(sha, "u1", until, SECRET)
    seconds, viewer, mac = good.split(".")

    for signature in (
        "",
        "x",
        sign_address(other, "u1", until, SECRET),
        sign_address(sha, "u1", NOW - timedelta(seconds=1), SECRET),
        sign_address(sha, "u1", until, b"another secret"),
        f"{int(seconds) + 999}.{viewer}.{mac}",
        f"{seconds}.{viewer[::-1]}.{mac}",
        good + "0",
    ):
        assert answer(store, sha, signature)[0] == 404


def test_output_is_served_to_frames_only(store: ContentStore) -> None:
    sha = store.put(b"<p>1</p>", HTML).sha256
    signature = sign_address(sha, "u1", NOW + timedelta(minutes=5), SECRET)

    assert answer(store, sha, signature, fetched_for="iframe")[0] == 200
    assert answer(store, sha, signature, fetched_for="document")[0] == 404
    assert answer(store, sha, signature, fetched_for="script")[0] == 404


@pytest.mark.parametrize("path", ["/", "/../secret", "/" + "a" * 63, "/" + "A" * 64, "//" + "a" * 64, "/" + "0" * 64])
def test_other_paths_are_not_found(store: ContentStore, path: str) -> None:
    signature = sign_address(path.strip("/"), "u1", NOW + timedelta(minutes=5), SECRET)

    assert content_response(path, signature, NOW, SECRET, store, app_origin=APP)[0] == 404


def test_each_origin_serves_only_its_own_kind(store: ContentStore) -> None:
    page = store.put(b"<script>1</script>", HTML).sha256
    picture = store.put(png(), "image/png").sha256

    assert kept_file_response(page, store)[0] == 404
    assert answer(store, picture, sign_address(picture, "u1", NOW + timedelta(minutes=5), SECRET))[0] == 404
    assert kept_file_response(picture, store)[0] == 200


def test_pdf_is_shown_by_the_viewer_of_the_browser_on_the_second_origin_only(store: ContentStore) -> None:
    sha = store.put(b"%PDF-1.4", "application/pdf").sha256

    status, headers, body = answer(store, sha, sign_address(sha, "u1", NOW + timedelta(minutes=5), SECRET))

    assert (status, body) == (200, [b"%PDF-1.4"])
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors http://127.0.0.1:8000"
    )
    assert kept_file_response(sha, store)[0] == 404
    assert answer(store, sha, "")[0] == 404


def test_mark_of_a_kept_file_is_good_for_one_file_of_one_version() -> None:
    mark = sign_kept("a" * 64, "course/AWGAN/1", SECRET)

    assert mark == sign_kept("a" * 64, "course/AWGAN/1", SECRET)
    assert is_kept_signed("a" * 64, "course/AWGAN/1", mark, SECRET)
    for sha, version, given, secret in (
        ("b" * 64, "course/AWGAN/1", mark, SECRET),
        ("a" * 64, "course/AWGAN/2", mark, SECRET),
        ("a" * 64, "course/Other/1", mark, SECRET),
        ("a" * 64, "course/AWGAN/1", "", SECRET),
        ("a" * 64, "course/AWGAN/1", mark[:-1] + "é", SECRET),
        ("a" * 64, "course/AWGAN/1", mark, b"another secret"),
    ):
        assert not is_kept_signed(sha, version, given, secret)


def test_part_of_a_large_kept_file_is_read_and_the_whole_in_pieces(store: ContentStore) -> None:
    sound = bytes(range(256)) * (40 << 10)
    sha = store.put(sound, "audio/wav").sha256

    status, headers, body = kept_file_response(sha, store, wanted="bytes=1000000-")
    whole_status, whole_headers, pieces = kept_file_response(sha, store)

    assert (status, b"".join(body)) == (206, sound[1_000_000 : 1_000_000 + (4 << 20)])
    assert dict(headers)["Content-Range"] == f"bytes 1000000-{1_000_000 + (4 << 20) - 1}/{len(sound)}"
    parts = list(pieces)
    assert (whole_status, dict(whole_headers)["Content-Length"], b"".join(parts)) == (200, str(len(sound)), sound)
    assert max(map(len, parts)) == 1 << 20
    status, headers, _ = kept_file_response(sha, store, wanted="bytes=99999999-")
    assert (status, dict(headers)["Content-Range"]) == (416, f"bytes */{len(sound)}")


def test_picture_beside_the_app_runs_nothing(store: ContentStore) -> None:
    ref = store.put(b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "image/svg+xml")

    _, headers, _ = kept_file_response(ref.sha256, store)

    assert dict(headers)["Content-Security-Policy"] == (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    assert dict(headers)["Cache-Control"] == "private, max-age=31536000, immutable"


def test_same_bytes_of_another_type_have_another_name(store: ContentStore) -> None:
    assert store.put(b"<svg >", "image/svg+xml").sha256 != store.put(b"<svg >", HTML).sha256


def test_kept_file_outlives_the_process(tmp_path: Path) -> None:
    ref = ContentStore.at(str(tmp_path / "kept")).put(png(7, 5), "image/png")
    again = ContentStore.at(str(tmp_path / "kept"))

    kept = again.get(ref.sha256)

    assert kept is not None
    assert (kept.media_type, kept.body) == ("image/png", png(7, 5))
    assert (ref.width, ref.height) == (7, 5)
    assert again.put(png(7, 5), "image/png") == ref
    assert again.get("../" + ref.sha256) is None
    assert again.get("0" * 64) is None
