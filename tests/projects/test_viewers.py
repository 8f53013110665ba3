"""Files that are neither code nor notebook, through the whole request and back."""

import html
import re
from collections.abc import Callable

import pytest
from sqlalchemy import update

from reviewhub.accounts.signing_in import open_session
from reviewhub.projects.tables import Snapshot
from tests.projects.other_files import OTHER_FILES, pdf, wav
from tests.projects.test_pages import AFTER, VERSION, Visit, words
from tests.projects.worlds import EARLY, SLUG, World, minutes

SAID = [
    ("results.csv", "200 of 12,345 rows, 3 columns are shown."),
    ("wide.tsv", "1 row, the first 50 of 60 columns are shown. Rows have 2 to 60 fields."),
    ("minified.json", "Written without line ends; put into lines to be read."),
    ("figures/loss.png", "PNG, 640 × 480 pixels"),
    ("figures/logo.svg", "SVG, 30 × 20 pixels"),
    ("picture.py", "PNG, 3 × 2 pixels"),
    ("huge.png", "This picture has 40,000 × 40,000 pixels, too many to be shown"),
    ("voice.wav", "Sound, 4.1 MB."),
    ("clip.webm", "Video, 565 B."),
    ("report.pdf", "PDF, "),
    ("digits.npy", "NumPy array, 128 bytes: not shown here, but it can be downloaded. 10,000 × 28 × 28, uint8"),
    ("arrays.npz", "x.npy 128 B 60,000 × 784, float32 y.npy 128 B 60,000, int64"),
    ("weights.pt", "PyTorch weights (zip), "),
    ("weights.pt", "2 files inside"),
    ("old.pkl", "Pickle, 4 bytes"),
    ("big.bin", "Binary file, 10 bytes"),
    ("lfs.npy", "Only a Git LFS pointer was pushed here; the file itself (117.7 MB) is not in the repository."),
    ("empty.py", "This file is empty."),
    ("wide.txt", "wide"),
    ("to-figures", "This is a link to figures/loss.png, which is not followed. Go where it leads"),
    ("to-etc", "This is a link to /etc/passwd, which is not followed. Download"),
    ("to-nowhere", "This is a link to ../../x, which is not followed. Download"),
]
PARTS: list[tuple[str, int, slice | None, str | None]] = [
    ("bytes=0-3", 206, slice(0, 4), "bytes 0-3/{}"),
    ("bytes=44-", 206, slice(44, 44 + (4 << 20)), "bytes 44-4194347/{}"),
    ("bytes=-5", 206, slice(-5, None), "bytes 4320039-4320043/{}"),
    ("bytes=4320000-", 206, slice(4_320_000, None), "bytes 4320000-4320043/{}"),
    ("bytes=99999999-", 416, None, "bytes */{}"),
    ("bytes=0-1,4-5", 200, slice(None), None),
    ("bytes=5-1", 200, slice(None), None),
    ("lines=1-2", 200, slice(None), None),
]
ALL = (*OTHER_FILES, "main.ipynb", "model.py", "to-figures", "to-nowhere", "to-etc")


@pytest.fixture
def filled(sqlite_world: World) -> World:
    """Version 1 of AWGAN is frozen with a file of every kind."""
    shared = sqlite_world.shared
    for name, target in (("to-figures", "figures/loss.png"), ("to-nowhere", "../../x"), ("to-etc", "/etc/passwd")):
        (shared.clone / "AWGAN" / name).symlink_to(target)
    shared.receive({f"AWGAN/{name}": content for name, content in OTHER_FILES.items()}, at=EARLY + minutes(1))
    sqlite_world.confirm(EARLY + minutes(2))
    sqlite_world.look_and_freeze(AFTER)
    return sqlite_world


@pytest.fixture
def ada(filled: World, make_app: Callable, clock, settings) -> Visit:
    """A developer of AWGAN at its pages."""
    return visitor(filled, make_app, clock, settings, "ada")


def visitor(world: World, make_app: Callable, clock, settings, first_name: str) -> Visit:
    clock.put(AFTER)
    client = make_app().test_client()
    with world.database.writing() as session:
        secret = open_session(
            session, user_id=world.actor(first_name).user_id or "", browser="test", old_secret=None, now=AFTER,
            settings=settings.sign_in,
        )  # fmt: skip
    client.set_cookie("reviewhub", secret)
    return Visit(client=client)


def kept_address(page: str) -> str:
    found = re.search(r'(?:src|href)="([^"]*/kept/[^"]*)"', page)
    assert found is not None
    return html.unescape(found[1]).removeprefix(f"/c/{SLUG}")


def test_file_is_shown_or_says_what_it_is(ada: Visit) -> None:
    texts = {name: ada.text(f"{VERSION}/files/{name}") for name, _ in SAID}
    assert [(name, said) for name, said in SAID if said not in texts[name]] == []


def test_table_can_be_read_as_its_source_and_back(ada: Visit) -> None:
    page = ada.get(f"{VERSION}/files/results.csv").text
    assert '<th scope="col" class="number">loss</th>' in page
    assert '<td class="number">0.5000</td><td>step 1,\nsecond line</td>' in page
    assert "as=source" in page
    source = ada.get(f"{VERSION}/files/results.csv?as=source").text
    assert 'data-line="3"' in source
    assert "Table" in words(source)


def test_only_the_source_of_a_drawing_shows_its_script(ada: Visit) -> None:
    page = ada.get(f"{VERSION}/files/figures/logo.svg").text
    assert "alert" not in page
    assert "alert" in ada.text(f"{VERSION}/files/figures/logo.svg?as=source")
    headers = ada.get(kept_address(page)).headers
    assert headers["Content-Type"] == "image/svg+xml"
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none';")


def test_links_of_a_readme_lead_to_lines_headings_folders_and_pictures(ada: Visit) -> None:
    page = ada.get(f"{VERSION}/files/README.md").text
    links = {text: html.unescape(href) for href, text in re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', page)}
    top = f"/c/{SLUG}{VERSION}/files"

    assert 'id="heading-the-second-part"' in page
    assert links["the second part"] == "#heading-the-second-part"
    assert links["line"] == f"{top}/model.py#L1"
    assert links["notebook"] == f"{top}/main.ipynb"
    assert links["folder"] == f"{top}/figures"
    assert links["top"] == f"{top}/"
    assert links["other"] == f"{top}/docs/guide.md#heading-how-to"
    assert "their project" not in links
    assert "nothing" not in links
    assert f'src="/c/{SLUG}{VERSION}/picture/figures/loss.png"' in page
    guide = ada.get(f"{VERSION}/files/docs/guide.md").text
    assert 'id="heading-how-to"' in guide
    assert f'src="/c/{SLUG}{VERSION}/picture/figures/loss.png"' in guide
    assert f'href="{top}/README.md#heading-the-title"' in guide
    assert ada.get(f"{VERSION}/picture/figures/loss.png").status_code == 200


def test_hash_learnt_elsewhere_is_no_permission(ada: Visit, filled: World, make_app, clock, settings) -> None:
    address = kept_address(ada.get(f"{VERSION}/files/figures/loss.png").text)
    sha, mark = re.findall(r"kept/([0-9a-f]{64})\?right=([0-9a-f]{32})$", address)[0]

    assert ada.get(address).status_code == 200
    assert ada.get(address.partition("?")[0]).status_code == 404
    assert ada.get(f"{address[:-1]}{'0' if mark[-1] != '0' else '1'}").status_code == 404
    assert ada.get(f"/projects/AWGAN/latest/kept/{sha}").status_code == 404
    assert ada.get(f"/projects/AWGAN/latest/kept/{sha}?right={mark}").status_code == 404
    # The reader of another project knows the hash and its mark, and may read a version of their own.
    cem = visitor(filled, make_app, clock, settings, "cem")
    assert cem.get("/projects/DiffEdit/version-1/files/").status_code == 200
    assert cem.get(address).status_code == 404
    assert cem.get(f"/projects/DiffEdit/version-1/kept/{sha}?right={mark}").status_code == 404


def test_kept_file_is_kept_by_browsers_and_its_address_stays(ada: Visit, clock) -> None:
    first = ada.get(f"{VERSION}/files/figures/loss.png")
    address = kept_address(first.text)
    headers = ada.get(address).headers
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert ada.client.get(f"/c/{SLUG}{address}", headers={"If-None-Match": headers["ETag"]}).status_code == 304
    clock.forward(minutes=20)
    assert ada.get(f"{VERSION}/files/figures/loss.png").data == first.data


def test_page_of_every_kind_is_asked_for_again_and_sent_once(ada: Visit) -> None:
    for path in [f"{VERSION}/files/{name}{view}" for name in ALL for view in ("", "?as=source")]:
        answer = ada.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-cache"
        again = ada.client.get(f"/c/{SLUG}{path}", headers={"If-None-Match": answer.headers["ETag"]})
        assert (path, again.status_code, again.data) == (path, 304, b"")


def test_tag_of_a_page_opens_nothing_without_the_right(ada: Visit, filled: World, make_app, clock, settings) -> None:
    path = f"{VERSION}/files/results.csv"
    tag = ada.get(path).headers["ETag"]
    cem = visitor(filled, make_app, clock, settings, "cem")
    assert cem.client.get(f"/c/{SLUG}{path}", headers={"If-None-Match": tag}).status_code == 404
    assert cem.client.get(f"/c/{SLUG}{path}", headers={"If-None-Match": "*"}).status_code == 404


def test_player_gets_the_part_it_asks_for(ada: Visit) -> None:
    sound = wav(540)
    address = f"/c/{SLUG}" + kept_address(ada.get(f"{VERSION}/files/voice.wav").text)
    for asked, status, part, told in PARTS:
        answer = ada.client.get(address, headers={"Range": asked})
        assert (asked, answer.status_code) == (asked, status)
        assert answer.headers.get("Content-Range") == (told and told.format(len(sound)))
        if part is not None:
            assert answer.data == sound[part]
            assert answer.headers["Content-Length"] == str(len(sound[part]))
            assert answer.headers["Content-Type"] == "audio/wav"
            assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"


def test_download_goes_on_where_it_broke_off(ada: Visit) -> None:
    path = f"/c/{SLUG}{VERSION}/raw/voice.wav"
    sound = wav(540)
    whole = ada.client.get(path)
    tag = whole.headers["ETag"]
    assert whole.data == sound
    assert whole.headers["Accept-Ranges"] == "bytes"
    rest = ada.client.get(path, headers={"Range": "bytes=1000000-", "If-Range": tag})
    assert (rest.status_code, rest.data) == (206, sound[1_000_000:])
    assert rest.headers["Content-Range"] == f"bytes 1000000-{len(sound) - 1}/{len(sound)}"
    changed = ada.client.get(path, headers={"Range": "bytes=1000000-", "If-Range": '"another"'})
    assert (changed.status_code, changed.data) == (200, sound)
    assert ada.client.get(path, headers={"Range": "bytes=9999999-"}).status_code == 416
    assert ada.client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_download_is_always_sealed(ada: Visit) -> None:
    for name in ("report.pdf", "figures/logo.svg", "main.ipynb", "README.md", "clip.webm"):
        headers = ada.get(f"{VERSION}/raw/{name}").headers
        assert headers["Content-Type"] == "application/octet-stream"
        assert headers["Content-Disposition"].startswith("attachment; ")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert headers["Cache-Control"] == "private, no-cache"


def test_pdf_is_served_by_the_second_origin_only(ada: Visit, settings) -> None:
    page = ada.get(f"{VERSION}/files/report.pdf").text
    found = re.search(r'<iframe src="([^"]+)"', page)
    assert found is not None
    address = html.unescape(found[1])
    assert address.startswith(settings.server.content_url + "/")
    answer = ada.client.get(address.removeprefix(settings.server.content_url), base_url=settings.server.content_url)
    assert (answer.status_code, answer.data) == (200, pdf())
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == (
        f"default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors {settings.server.base_url}"
    )
    assert "/kept/" not in page


def test_version_without_its_objects_says_so(ada: Visit, filled: World) -> None:
    with filled.database.writing() as session:
        session.execute(update(Snapshot).values(tree="0" * 40))
    assert ada.get(f"{VERSION}/files/results.csv").status_code == 404
    assert "This folder is empty or cannot be read." in ada.text(f"{VERSION}/files/")
