"""Notebooks that a page does not render itself: it asks, waits, tells how far it is, and shows what the worker made."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from dbos import DBOSClient
from flask.testing import FlaskClient

from reviewhub.accounts.signing_in import open_session
from reviewhub.config import NotebookSettings, Settings
from reviewhub.errors import NotFound
from reviewhub.jobs.places import is_held
from reviewhub.jobs.sending import SLOW_QUEUE, Sender, work_url
from reviewhub.notebooks.orders import Wanted
from reviewhub.notebooks.preparations import LATE_SECONDS, Preparations
from reviewhub.projects.preparing import JOB, MOST_TRIES, prepare_notebook
from reviewhub.projects.showing import render_cache
from tests.notebooks.builders import code, markdown, notebook, result
from tests.notebooks.test_apart import children
from tests.projects.worlds import DUE_1, SLUG, World, minutes

VERSION = f"/c/{SLUG}/projects/AWGAN/version-1"
PAGE = f"{VERSION}/files/large.ipynb"
POLL = f"{VERSION}/preparing/page/large.ipynb"
# Nothing of these outputs is shown, but it takes some milliseconds to find that out.
DROPPED = "<video></video>" * 4000
CELLS = 400
LARGE = notebook(
    [
        markdown("# A large notebook"),
        *(code(f"x = {number}", result({"text/html": f"{DROPPED}{number}"}), cell_id=None) for number in range(CELLS)),
    ],
    minor=4,
)
WAITS = "This notebook is large and is being prepared"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """An installation whose pages render nothing themselves."""
    return settings.model_copy(update={"notebooks": NotebookSettings(render_here_megabytes=0, cell_seconds=20)})


@pytest.fixture
def frozen(sqlite_world: World) -> World:
    """Version 1 with a large notebook in it."""
    sqlite_world.confirm()
    sqlite_world.shared.receive({"AWGAN/large.ipynb": LARGE.decode()}, at=DUE_1 - minutes(10))
    sqlite_world.look_and_freeze(DUE_1 + minutes(60))
    return sqlite_world


@pytest.fixture
def asked(frozen: World) -> list[tuple[str, str]]:
    """The jobs that pages have asked for."""
    found: list[tuple[str, str]] = []
    frozen.database.send = lambda job, key: found.append((job, key)) if job == JOB else None
    return found


@pytest.fixture
def visit(frozen: World, make_app, clock, settings) -> Callable[[str], FlaskClient]:
    """Open the pages as somebody."""
    clock.put(DUE_1 + minutes(60))
    app = make_app()

    def as_person(first_name: str) -> FlaskClient:
        client = app.test_client()
        with frozen.database.writing() as session:
            user_id = frozen.actor(first_name).user_id or ""
            secret = open_session(
                session, user_id=user_id, browser="test", old_secret=None, now=clock(), settings=settings.sign_in
            )
        client.set_cookie("reviewhub", secret)
        return client

    return as_person


def carry_out(world: World, asked: list[tuple[str, str]]) -> None:
    """Do the first of the asked jobs as the worker does it."""
    cache = render_cache(world.settings.files.objects)
    prepare_notebook(world.database, world.settings, cache=cache, key=asked[0][1])


def blob_of(asked: list[tuple[str, str]]) -> str:
    return asked[0][1].split()[1]


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until it is so; the test fails where it never is."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_large_notebook_waits_is_prepared_and_is_shown(frozen, visit, asked) -> None:
    ada = visit("ada")
    first = ada.get(PAGE)
    waiting = ada.get(POLL)
    carry_out(frozen, asked)
    ready = ada.get(POLL)
    shown = ada.get(PAGE)

    assert [first.status_code, waiting.status_code, ready.status_code, shown.status_code] == [200, 200, 200, 200]
    assert WAITS in first.text
    assert f'hx-get="{POLL}?seen=0-0"' in first.text
    assert WAITS in waiting.text
    assert ready.headers["HX-Refresh"] == "true"
    assert WAITS not in shown.text
    assert shown.text.count('<section class="cell ') == CELLS + 1
    assert not list((frozen.settings.files.data / "preparing").glob("*.json"))


def test_a_waiting_page_works_without_scripts(visit, asked) -> None:
    page = visit("ada").get(PAGE).text

    assert re.search(r'<progress[^>]*aria-label="Being prepared"', page)
    assert '<a href="">Look again</a>' in page
    assert f'<a href="{VERSION}/raw/large.ipynb">Download it as it is</a>' in page


def test_many_readers_of_one_notebook_ask_once(visit, asked) -> None:
    for person in ("ada", "bora", "deniz"):
        client = visit(person)
        for path in (PAGE, POLL, PAGE):
            assert client.get(path).status_code == 200

    assert len(asked) == 1


def test_waiting_and_asking_write_nothing_to_the_database(visit, asked, frozen, query_count) -> None:
    ada = visit("ada")
    ada.get(f"/c/{SLUG}/")
    with query_count(frozen.database) as statements:
        ada.get(PAGE)
        ada.get(POLL)

    assert [text for text in statements.texts if not text.lstrip().startswith(("SELECT", "WITH"))] == []


def test_a_lost_hint_is_sent_again_by_the_page_that_waits(visit, asked, frozen) -> None:
    ada = visit("ada")
    ada.get(PAGE)
    age(frozen, asked, asked_at=-30, said_at=-30)
    ada.get(POLL)

    assert len(asked) == 2
    assert asked[0] == asked[1]


def test_no_worker_for_a_while_is_said_plainly(visit, asked, frozen) -> None:
    ada = visit("ada")
    before = ada.get(PAGE).text
    age(frozen, asked, asked_at=-LATE_SECONDS - 1)

    after = ada.get(f"{POLL}?seen=0-0").text

    assert "The background worker has not begun." not in before
    assert "The background worker has not begun." in after


def age(world: World, asked: list[tuple[str, str]], **seconds: float) -> None:
    """Make what is known of the preparation older."""
    file = next((world.settings.files.data / "preparing").glob("*.json"))
    known = json.loads(file.read_bytes())
    file.write_text(json.dumps(known | {name: known[name] + amount for name, amount in seconds.items()}))


def test_progress_is_told_while_it_is_made(visit, asked, frozen) -> None:
    ada = visit("ada")
    ada.get(PAGE)
    seen: set[tuple[str, str]] = set()
    work = threading.Thread(target=carry_out, args=[frozen, asked])
    work.start()
    while work.is_alive():
        seen.update(re.findall(r"cell (\d+) of (\d+)\.", ada.get(POLL).text))
        time.sleep(0.02)
    work.join()

    assert {total for _, total in seen} == {str(CELLS + 1)}
    assert len(seen) > 1


def test_a_poll_that_would_say_the_same_says_nothing(visit, asked, frozen) -> None:
    ada = visit("ada")
    ada.get(PAGE)

    assert ada.get(f"{POLL}?seen=0-0").status_code == 204
    assert ada.get(f"{POLL}?seen=1-2").status_code == 200


def test_a_page_on_which_people_write_is_not_loaded_anew_by_itself(visit, asked, frozen) -> None:
    ada = visit("ada")
    ada.get(PAGE)
    carry_out(frozen, asked)

    ready = ada.get(f"{POLL}?stay=1")

    assert "HX-Refresh" not in ready.headers
    assert "The notebook is ready." in ready.text
    assert '<a href="">Show it</a>' in ready.text


def test_what_cannot_be_prepared_says_why_and_is_not_tried_again_at_once(visit, asked, frozen) -> None:
    small = frozen.settings.model_copy(update={"notebooks": NotebookSettings(wall_seconds=1, memory_megabytes=256)})
    frozen.shared.receive({"AWGAN/bomb.ipynb": BOMB}, at=DUE_1 + minutes(61))
    frozen.look(DUE_1 + minutes(70))
    page = f"/c/{SLUG}/projects/AWGAN/latest/files/bomb.ipynb"
    ada = visit("ada")
    ada.get(page)
    cache = render_cache(small.files.objects)
    prepare_notebook(frozen.database, small, cache=cache, key=asked[0][1])

    refused = ada.get(page).text
    polled = ada.get(page.replace("/files/", "/preparing/page/")).text

    why = re.search(r"This notebook \(11\.4 MB\) is not shown: it (needs more than|takes longer than)[^<]+", refused)
    assert why
    assert why[0] in polled
    assert "Download it as it is" in refused
    assert len(asked) == 1


BOMB = '{"nbformat":4,"nbformat_minor":4,"cells":[],"metadata":{"x":[' + "[]," * 4_000_000 + "0]}}"


def test_a_small_notebook_that_costs_much_is_left_to_the_worker(frozen, make_app, asked, settings, clock) -> None:
    hurried = settings.model_copy(update={"notebooks": NotebookSettings(render_here_seconds=1e-9)})
    clock.put(DUE_1 + minutes(60))
    client = make_app(settings=hurried).test_client()
    with frozen.database.writing() as session:
        user_id = frozen.actor("ada").user_id or ""
        secret = open_session(
            session, user_id=user_id, browser="", old_secret=None, now=clock(), settings=hurried.sign_in
        )
    client.set_cookie("reviewhub", secret)

    waits = client.get(f"{VERSION}/files/main.ipynb").text
    carry_out(frozen, asked)
    shown = client.get(f"{VERSION}/files/main.ipynb").text

    assert WAITS in waits
    assert "print" in shown
    assert WAITS not in shown


def test_a_child_killed_in_the_middle_is_begun_again_and_finishes(visit, asked, frozen) -> None:
    ada = visit("ada")
    ada.get(PAGE)
    killed: list[int] = []

    def kill_one() -> None:
        preparations = Preparations(frozen.settings.files.data)
        wait_until(lambda: (found := preparations.find(blob_of(asked), Wanted.PAGE)) is not None and found.done > 0)
        killed.extend(children())
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    carry_out(frozen, asked)
    killer.join()

    assert len(killed) == 1
    assert ada.get(PAGE).text.count('<section class="cell ') == CELLS + 1


def test_a_child_killed_again_and_again_ends_with_a_sentence(visit, asked, frozen) -> None:
    ada = visit("ada")
    ada.get(PAGE)
    is_over = threading.Event()
    killed: set[int] = set()

    def kill_all() -> None:
        while not is_over.wait(0.02):
            for pid in children():
                killed.add(pid)
                with suppress(ProcessLookupError):  # it has just ended
                    os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_all)
    killer.start()
    carry_out(frozen, asked)
    is_over.set()
    killer.join()

    assert len(killed) == MOST_TRIES
    assert "Preparing this notebook was ended from outside several times" in ada.get(PAGE).text


@pytest.mark.parametrize(
    ("person", "status"), [("ada", 200), ("bora", 200), ("deniz", 200), ("cem", 404), ("defne", 404), ("oya", 404)]
)
@pytest.mark.parametrize("path", [POLL, f"{VERSION}/as/py/large.ipynb"])
def test_only_who_may_read_the_version_may_wait_for_it(visit, asked, person: str, status: int, path: str) -> None:
    answer = visit(person).get(path)

    assert answer.status_code == status
    assert bool(asked) == (status == 200)


@pytest.mark.parametrize(
    "path",
    [
        f"{VERSION}/preparing/page/model.py",
        f"{VERSION}/preparing/page/nothing.ipynb",
        f"{VERSION}/preparing/exe/large.ipynb",
        f"{VERSION}/as/page/large.ipynb",
        f"{VERSION}/as/py/model.py",
    ],
)
def test_what_is_no_notebook_is_not_prepared(visit, asked, path: str) -> None:
    assert visit("ada").get(path).status_code == 404
    assert asked == []


@pytest.mark.parametrize("key", ["", "x y z", "a" * 16 + " " + "b" * 40 + " page", "../.. " + "b" * 40 + " exe"])
def test_a_key_that_names_nothing_is_refused(frozen, key: str) -> None:
    cache = render_cache(frozen.settings.files.objects)
    with pytest.raises(NotFound):
        prepare_notebook(frozen.database, frozen.settings, cache=cache, key=key)


@pytest.mark.parametrize(
    ("wanted", "media_type", "held"),
    [("py", "text/x-python", "x = 299"), ("md", "text/markdown", "# A large"), ("html", "text/html", "A large")],
)
def test_a_notebook_is_downloaded_as_another_file(visit, asked, frozen, wanted, media_type, held) -> None:
    ada = visit("ada")
    path = f"{VERSION}/as/{wanted}/large.ipynb"
    waits = ada.get(path)
    carry_out(frozen, asked)
    polled = ada.get(f"{VERSION}/preparing/{wanted}/large.ipynb")
    file = ada.get(path)

    assert "The notebook is being converted" in waits.text
    assert '<a href="">Download it</a>' in polled.text
    assert file.mimetype == media_type
    assert file.headers["Content-Disposition"].startswith(f'attachment; filename="large.{wanted}"')
    assert file.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert held in file.text
    assert len(asked) == 1


class RealWorker:
    """A worker in a process of its own, as `reviewhub serve` starts it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.process = self._start()

    def kill(self) -> None:
        """Kill it with −9 and start another."""
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process = self._start()

    def end(self) -> None:
        """Leave nothing behind."""
        self.process.stdin.close()
        self.process.wait(60)

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "reviewhub.jobs.child"], stdin=subprocess.PIPE, text=True, start_new_session=True
        )
        process.stdin.write(self._settings.model_dump_json() + "\n")
        process.stdin.flush()
        number = self._settings.files.data / "executor-1"
        wait_until(lambda: number.exists() and is_held(number))
        return process


@pytest.fixture
def worker(frozen: World, settings: Settings) -> Iterator[RealWorker]:
    """A worker at work, and pages that send it hints as the program does."""
    sender = Sender(settings)
    found = RealWorker(settings)
    wait_until(lambda: Path(settings.database.work_url.removeprefix("sqlite:///")).exists())
    frozen.database.send = sender.send
    yield found
    sender.close()
    found.end()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_worker_killed_in_the_middle_is_replaced_and_the_page_that_waits_is_shown(
    visit, worker: RealWorker, frozen: World, database_of_work: Callable[[], list[str]]
) -> None:
    ada = visit("ada")
    polls = []

    def look() -> str:
        polls.append(ada.get(POLL))
        return polls[-1].text

    ada.get(PAGE)
    wait_until(lambda: "cell " in look())
    queues = set(database_of_work())
    worker.kill()
    wait_until(lambda: "HX-Refresh" in (look(), polls[-1].headers)[1], seconds=120)

    assert queues == {SLOW_QUEUE}
    assert {poll.status_code for poll in polls} == {200}
    assert ada.get(PAGE).text.count('<section class="cell ') == CELLS + 1


@pytest.fixture
def database_of_work(settings: Settings) -> Iterator[Callable[[], list[str]]]:
    """The queues in which notebooks wait or run."""
    client = DBOSClient(system_database_url=work_url(settings), application_name="reviewhub")

    def queues() -> list[str]:
        found = client.list_workflows(name="do_job")
        return [one.queue_name for one in found if one.input and one.input["args"][0] == "prepare_notebook"]

    yield queues
    client.destroy()
