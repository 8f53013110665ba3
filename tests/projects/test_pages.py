"""The pages of this room, through the whole request and back, by everybody who may and may not."""

import html
import io
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from reviewhub.accounts.rights import PROGRAM
from reviewhub.accounts.signing_in import open_session
from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.projects.packing import pack_version, snapshots_to_pack
from reviewhub.projects.signed_receipts import read_public_key, verify_receipt
from reviewhub.projects.tables import Project, ReceiptKey
from reviewhub.reviews.tables import Assignment
from tests.projects.worlds import DUE_1, EARLY, FILES, SLUG, World, minutes

AFTER = DUE_1 + minutes(60)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A person at the pages, without a browser."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/c/{SLUG}{path}")

    def post(self, path: str, **fields: object) -> TestResponse:
        return self.client.post(f"/c/{SLUG}{path}", data=fields, headers={"Origin": "http://localhost"})

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return words(answer.text)


def words(page: str) -> str:
    """The words of a page's main part and its aside."""
    main = re.search(r"<main.*</main>(\s*<aside.*?</aside>)?", page, re.DOTALL)
    assert main is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main.group())).split())


@pytest.fixture
def visit(sqlite_world: World, make_app, clock, settings) -> Callable[[str], Visit]:
    """Open the pages as somebody: `visit("ada").get("/projects")`."""
    clock.put(AFTER)
    app = make_app()

    def as_person(first_name: str) -> Visit:
        client = app.test_client()
        with sqlite_world.database.writing() as session:
            user_id = sqlite_world.actor(first_name).user_id or ""
            secret = open_session(
                session, user_id=user_id, browser="test", old_secret=None, now=clock(), settings=settings.sign_in
            )
        client.set_cookie("reviewhub", secret)
        return Visit(client=client)

    return as_person


@pytest.fixture
def frozen(sqlite_world: World) -> World:
    """Both projects confirmed, version 1 frozen, one commit of AWGAN 20 minutes late."""
    sqlite_world.confirm()
    sqlite_world.shared.receive({"AWGAN/model.py": "x = 2\n"}, at=DUE_1 - minutes(10))
    sqlite_world.shared.receive({"AWGAN/model.py": "x = 3\n"}, at=DUE_1 + minutes(20))
    sqlite_world.look_and_freeze(AFTER)
    return sqlite_world


VERSION = "/projects/AWGAN/version-1"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/repository", {"deniz", "oya"}),
        ("/repository/state", {"deniz", "oya"}),
        ("/projects", {"deniz", "oya", "ada", "cem", "defne"}),
        ("/projects/AWGAN", {"deniz", "oya", "ada", "cem", "defne"}),
        (f"{VERSION}/files/", {"deniz", "ada"}),
        (f"{VERSION}/files/main.ipynb", {"deniz", "ada"}),
        (f"{VERSION}/raw/model.py", {"deniz", "ada"}),
        (f"{VERSION}/archive.zip", {"deniz", "ada"}),
        ("/projects/AWGAN/version-2/files/", set()),
        ("/projects/AWGAN/version-3/files/", set()),
        ("/projects/nothing", set()),
    ],
)
def test_a_page_opens_for_those_who_may(visit, frozen: World, path: str, allowed: set[str]) -> None:
    people = ("deniz", "oya", "ada", "cem", "defne")
    answers = {name: visit(name).get(path).status_code for name in people}
    assert {name for name, status in answers.items() if status == 200} == allowed
    assert set(answers.values()) <= {200, 403, 404}


@pytest.mark.parametrize(
    "path",
    [
        "/repository/look",
        "/repository/flags",
        "/repository/projects",
        "/projects/AWGAN/change",
        "/projects/AWGAN/remove",
        f"{VERSION}/choose",
        f"{VERSION}/replace",
    ],
)
def test_another_group_sends_no_form(visit, frozen: World, path: str) -> None:
    assert visit("cem").post(path, commit="x", reason="x").status_code in {403, 404}


def test_projects_are_confirmed_on_one_screen_with_their_groups(visit, sqlite_world: World) -> None:
    sqlite_world.look(EARLY)
    staff = visit("deniz")
    page = staff.get("/repository").text
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))

    answer = staff.post(
        "/repository/projects",
        **fields,
        **{
            "take": ["0", "1"],
            "key-0": "AWGAN",
            "title-0": "A title",
            "group-0": sqlite_world.group("AWGAN").id,
            "key-1": "DiffEdit",
            "title-1": "",
        },
    )

    assert (answer.status_code, answer.location) == (303, f"/c/{SLUG}/repository#projects")
    assert "Ada Çelik : the info file names Ada Celik" in words(page)
    text = staff.text("/projects")
    assert "AWGAN Attentive GAN: a second look CVPR 2023" in text
    assert "2 projects" in text


def test_a_wrong_confirmation_comes_back_with_what_was_typed(visit, sqlite_world: World) -> None:
    sqlite_world.look(EARLY)
    answer = visit("deniz").post(
        "/repository/projects",
        **{"take": "0", "branch-0": "refs/heads/main", "folder-0": "AWGAN", "key-0": "A/B", "title-0": "Typed title"},
    )
    assert answer.status_code == 422
    assert "“A/B” cannot be a project's key." in words(answer.text)
    assert 'value="Typed title"' in answer.text


def test_the_group_reads_which_commit_is_the_version_and_takes_the_late_one(visit, frozen: World) -> None:
    developer = visit("ada")
    text = developer.text("/projects/AWGAN")
    late = frozen.shared.head()
    assert (
        f"the latest commit {late[:7]} came 20 minutes late and would cost 10 %: not taken unless you choose it."
        in text
    )
    assert "You may take a later commit instead , once" in text

    answer = developer.post(f"{VERSION}/choose", commit=late)

    assert (answer.status_code, answer.location) == (303, f"/c/{SLUG}/projects/AWGAN#version-1")
    assert "Version 1 is frozen: " + late[:7] in developer.text("/projects/AWGAN")
    assert "late, −10 %" in developer.text("/projects/AWGAN")


def test_other_students_do_not_read_how_a_version_stands(visit, frozen: World) -> None:
    text = visit("cem").text("/projects/AWGAN")
    assert "late" not in text
    assert frozen.shared.head()[:7] not in text
    assert "Version 1 frozen Version 2 not frozen yet" in text


def test_staff_replace_a_version_and_only_they_read_the_reason(visit, frozen: World) -> None:
    staff = visit("deniz")
    answer = staff.post(f"{VERSION}/replace", commit=frozen.shared.head()[:8], reason="ward round")
    assert answer.status_code == 303
    first = frozen.snapshots()[0].commit
    assert staff.post(f"{VERSION}/replace", commit=first, reason="undone").status_code == 303
    assert "ward round" in staff.text("/projects/AWGAN")
    assert "ward round" not in visit("ada").get("/projects/AWGAN").text


def test_folder_has_sizes_readme_and_the_command_to_run_it(visit, frozen: World) -> None:
    text = visit("ada").text(f"{VERSION}/files/")
    assert "README.md 44 B" in text
    assert "Attention GAN We re-implement the paper." in text
    assert (
        "unzip AWGAN-version-1.zip && cd AWGAN-version-1 && python3 -m venv .venv && .venv/bin/pip install jupyterlab && "
        ".venv/bin/jupyter lab ./main.ipynb" in text
    )


def test_files_are_shown_in_the_form_of_their_kind(visit, frozen: World) -> None:
    reader = visit("ada")
    notebook = reader.get(f"{VERSION}/files/main.ipynb").text
    assert 'id="cell-0-output-0"' in notebook
    assert ">42" in notebook
    assert 'data-line="1"' in reader.get(f"{VERSION}/files/model.py").text
    assert "Attention GAN" in reader.text(f"{VERSION}/files/README.md")
    assert "# Attention GAN" in reader.text(f"{VERSION}/files/README.md?as=source")
    assert reader.get(f"{VERSION}/files/nothing.py").status_code == 404
    assert reader.get(f"{VERSION}/files/../DiffEdit/info.json").status_code == 404


def test_raw_bytes_are_always_a_download(visit, frozen: World) -> None:
    answer = visit("ada").get(f"{VERSION}/raw/README.md")
    assert answer.data == FILES["AWGAN/README.md"].encode()
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment; filename=\"README.md\"; filename*=UTF-8''README.md"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_archive_holds_the_frozen_folder(visit, frozen: World) -> None:
    answer = visit("ada").get(f"{VERSION}/archive.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        assert archive.read("AWGAN-version-1/model.py") == b"x = 2\n"
        assert len(archive.namelist()) == 4


def test_hostile_names_have_links_that_open(visit, sqlite_world: World) -> None:
    names = [
        "AWGAN/-x",
        "AWGAN/a\nb.py",
        "AWGAN/<script>alert(1)<\\script>.md",
        "AWGAN/q?#%.txt",
        "AWGAN/~7e",
        "AWGAN/\u202egnp.exe",
    ]
    sqlite_world.shared.commit({name: f"content of {count}\n" for count, name in enumerate(names)})
    (sqlite_world.shared.clone / os.fsdecode(b"AWGAN/\xff\xfe.txt")).write_bytes(b"bytes\n")
    sqlite_world.shared.commit({})
    sqlite_world.shared.push(at=EARLY + minutes(1))
    sqlite_world.confirm(EARLY + minutes(2))
    sqlite_world.look_and_freeze(AFTER)
    reader = visit("ada")

    page = reader.get(f"{VERSION}/files/").text
    links = [html.unescape(link) for link in re.findall(r'class="file-link" href="([^"]+)"', page)]

    assert len(links) == 4 + len(names) + 1
    assert {link: reader.client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
    assert "<script>alert" not in page


def test_file_that_cannot_be_shown_says_why(visit, sqlite_world: World) -> None:
    shared = sqlite_world.shared
    (shared.clone / "AWGAN" / "link").symlink_to("/etc/passwd")
    shared.commit(
        {
            "AWGAN/weights.pt": b"\x00\x01" * 50,
            "AWGAN/lfs.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 3\n",
            "AWGAN/broken.ipynb": "{not json",
            "AWGAN/latin.txt": "caf\xe9".encode("latin-1"),
            "AWGAN/lost.txt": "lost for ever",
        }
    )
    lost = shared.at_clone("rev-parse", "HEAD:AWGAN/lost.txt")
    shared.push(at=EARLY + minutes(1))
    (shared.bare / "objects" / lost[:2] / lost[2:]).unlink()
    sqlite_world.confirm(EARLY + minutes(2))
    sqlite_world.look_and_freeze(AFTER)
    reader = visit("ada")

    texts = {
        name: reader.text(f"{VERSION}/files/{name}")
        for name in ("weights.pt", "lfs.bin", "broken.ipynb", "latin.txt", "lost.txt", "link")
    }

    assert "PyTorch weights, 100 bytes: not shown here, but it can be downloaded." in texts["weights.pt"]
    assert "Only a Git LFS pointer was pushed here; the file itself (3 bytes) is not" in texts["lfs.bin"]
    assert "Download it as it is" in texts["broken.ipynb"]
    assert "not UTF-8" in texts["latin.txt"]
    assert "missing in the shared repository" in texts["lost.txt"]
    assert "This is a link to /etc/passwd, which is not followed." in texts["link"]


def test_double_anonymity_hides_the_developers_from_other_students(visit, frozen: World) -> None:
    with frozen.database.writing() as session:
        course = session.query(Course).one()
        text = course.policy_text.replace('anonymity   = "single"', 'anonymity   = "double"')
        assert text != course.policy_text
        session.execute(update(Course).values(policy_text=text, policy_digest="double"))
    assert "Ada Çelik" not in visit("cem").text("/projects/AWGAN")
    assert "Ada Çelik" not in visit("cem").text("/projects")
    assert "Ada Çelik" in visit("bora").text("/projects/AWGAN")
    assert "Ada Çelik" in visit("deniz").text("/projects")


def test_reviewer_reads_the_version_but_never_who_made_it(visit, frozen: World) -> None:
    assert visit("defne").get(f"{VERSION}/files/").status_code == 404
    with frozen.database.writing() as session:
        course = session.query(Course).one()
        text = course.policy_text.replace('anonymity   = "single"', 'anonymity   = "double"')
        session.execute(update(Course).values(policy_text=text, policy_digest="double"))
        project_id = session.query(Project.id).filter(Project.key == "AWGAN").scalar()
        reviewer_id = session.query(Enrollment.id).join(User).filter(User.email == "defne@example.org").scalar()
        session.add(Assignment(project_id=project_id, reviewer_id=reviewer_id, assigned_at=AFTER))
    reviewer = visit("defne")

    assert reviewer.get(f"{VERSION}/files/main.ipynb").status_code == 200
    assert reviewer.get("/projects/DiffEdit/version-1/files/").status_code == 404
    assert "info.yaml" not in reviewer.text(f"{VERSION}/files/")
    assert reviewer.get(f"{VERSION}/files/info.yaml").status_code == 404
    with zipfile.ZipFile(io.BytesIO(reviewer.get(f"{VERSION}/archive.zip").data)) as archive:
        assert "AWGAN-version-1/info.yaml" not in archive.namelist()


def test_flagged_push_is_told_to_staff_and_group_until_it_is_seen(visit, frozen: World) -> None:
    frozen.shared.receive({"DiffEdit/notes.txt": "by ada, who is in the other group\n"}, at=AFTER)
    frozen.look(AFTER + minutes(1))
    staff, group, others = visit("deniz"), visit("cem"), visit("defne")

    told = f"Commit {frozen.shared.head()[:7]} by another group changes 1 file of DiffEdit."
    assert told in staff.text("/repository")
    assert "Look at 1 flagged push in the repository." in staff.text("/")
    assert told in group.text("/projects/DiffEdit")
    assert told not in others.get("/projects/DiffEdit").text

    assert staff.post("/repository/flags", number=len(frozen.moves())).status_code == 303
    assert "Look at 1 flagged push" not in staff.text("/")
    assert "Mark as seen" not in staff.text("/repository")
    assert staff.post("/repository/flags", number=99).status_code == 409


def test_checks_of_the_latest_push_are_on_the_project_page_and_each_push_has_its_own(visit, frozen: World) -> None:
    developer = visit("ada")
    late = frozen.shared.head()
    first = frozen.moves()[0].new

    text = developer.text("/projects/AWGAN")
    assert f"Checks of {late[:7]}: 2 things to mend" in text
    assert "licence There is no LICENSE file: without one nobody may use the code." in text
    page = developer.text(f"/projects/AWGAN/pushes/{first}")
    assert "Ada Example" in page
    assert "new AWGAN/ main.ipynb" in page
    assert f"After it {frozen.moves()[1].new[:7]}" in page
    assert visit("deniz").get(f"/projects/AWGAN/pushes/{late}").status_code == 200
    assert "LICENSE" not in visit("cem").get("/projects/AWGAN").text
    for person, commit in (("cem", late), ("defne", late), ("ada", "0" * 40), ("ada", "-x")):
        assert visit(person).get(f"/projects/AWGAN/pushes/{commit}").status_code == 404


def test_stale_repository_is_told(visit, frozen: World) -> None:
    frozen.shared.bare.rename(frozen.shared.bare.with_name("elsewhere.git"))
    frozen.look(AFTER + minutes(5))
    assert "stale since" in visit("deniz").text("/repository")
    assert "stale since" in visit("ada").text("/projects/AWGAN")


def test_asking_for_a_look_shows_that_it_is_awaited(visit, frozen: World, clock) -> None:
    clock.put(AFTER + timedelta(minutes=1))
    staff = visit("deniz")
    assert staff.post("/repository/look").status_code == 303
    assert "looking now" in staff.text("/repository")
    frozen.look(AFTER + timedelta(minutes=2))
    assert "looking now" not in staff.get("/repository/state").text


@pytest.mark.parametrize("path", ["/projects", "/repository", "/projects/AWGAN", f"{VERSION}/files/main.ipynb"])
def test_thirty_projects_need_no_more_queries_than_one(visit, frozen: World, query_count, path: str) -> None:
    staff = visit("deniz")
    staff.get(path)
    with query_count(frozen.database) as few:
        staff.get(path)
    with frozen.database.writing() as session:
        course_id = session.query(Course.id).scalar()
        for count in range(30):
            session.add(
                Project(
                    course_id=course_id,
                    key=f"P{count}",
                    title="x",
                    papers=[],
                    branch="refs/heads/main",
                    folder=f"P{count}",
                    found={},
                    confirmed_at=EARLY,
                )
            )
    with query_count(frozen.database) as many:
        staff.get(path)
    assert len(many) == len(few)


RECEIPT = f"{VERSION}/receipt-1.txt"


@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("deniz", 200), ("cem", 404), ("defne", 404), ("oya", 404)])
def test_receipt_is_downloaded_by_its_group_and_the_staff(visit, frozen: World, who: str, status: int) -> None:
    assert visit(who).get(RECEIPT).status_code == status


def test_receipt_leads_from_the_page_to_the_key_of_the_course_page(visit, frozen: World) -> None:
    reader = visit("ada")
    for page in ("/projects/AWGAN", f"{VERSION}/files/"):
        assert f'href="/c/{SLUG}{RECEIPT}"' in reader.get(page).text
    for other in ("cem", "oya"):
        assert RECEIPT not in visit(other).get("/projects/AWGAN").text

    answer = reader.get(RECEIPT)
    key = re.search(r'id="receipt-keys".*?<code>(\S+)</code>', visit("defne").get("/settings").text, re.DOTALL)

    assert key is not None
    statement = verify_receipt(answer.data, read_public_key(key[1]))
    assert (statement.commit, statement.outcome["on_time"]) == (frozen.snapshots()[0].commit, True)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="AWGAN-version-1-receipt-1.txt"')
    assert reader.get(RECEIPT).data == answer.data
    with frozen.database.reading() as session:
        assert session.query(ReceiptKey).one().public_key == key[1]


def test_receipt_of_what_was_frozen_before_stays_to_be_had(visit, frozen: World) -> None:
    late = frozen.shared.head()
    visit("deniz").post(f"{VERSION}/replace", commit=late, reason="agreed")
    reader = visit("ada")
    page = reader.get("/projects/AWGAN").text
    assert [f"receipt-{n}.txt" in page for n in (1, 2, 3)] == [True, True, False]
    assert [reader.get(f"{VERSION}/receipt-{n}.txt").status_code for n in (1, 2, 3)] == [200, 200, 404]
    second = " ".join(reader.get(f"{VERSION}/receipt-2.txt").text.split())
    assert "because the staff of the course put it in place" in second
    assert "agreed" not in second


def test_every_page_of_a_version_works_without_the_mirror(visit, frozen: World) -> None:
    with frozen.database.reading() as session:
        waiting = snapshots_to_pack(session)
    for snapshot_id in waiting:
        pack_version(frozen.database, frozen.settings, actor=PROGRAM, now=AFTER, snapshot_id=snapshot_id)
    reader = visit("ada")
    pages = ("files/", "files/main.ipynb", "files/model.py", "files/README.md", "raw/model.py", "archive.zip")

    def read() -> dict[str, bytes]:
        # When a file was last changed is told by the history, which only the mirror has.
        change = re.compile(rb'<td class="quiet"><(time|span) .*?</\1></td>')
        return {page: change.sub(b"", reader.get(f"{VERSION}/{page}").data) for page in pages}

    before = read()

    shutil.rmtree(frozen.settings.mirrors)

    assert read() == before
    assert "No commits to show" in reader.text(f"{VERSION}/history/")
    assert "Nobody can tell" in reader.text(f"{VERSION}/blame/model.py")
    with zipfile.ZipFile(io.BytesIO(reader.get(f"{VERSION}/archive.zip").data)) as archive:
        assert archive.read("AWGAN-version-1/model.py") == b"x = 2\n"
    for page in ("/projects", "/projects/AWGAN", RECEIPT):
        assert reader.get(page).status_code == 200
    assert visit("deniz").get("/repository").status_code == 200
    assert "Version 1 is frozen" in reader.text("/projects/AWGAN")
