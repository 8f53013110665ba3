"""Receipts: what they say, that nothing in them can be changed, and that they are checked with nothing else at hand."""

import dataclasses
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from reviewhub.config import DatabaseSettings, FilesSettings, Settings
from reviewhub.errors import BadInput, Misconfigured, NotFound
from reviewhub.projects.receipt_keys import list_key, make_receipt, public_keys, signing_key
from reviewhub.projects.signed_receipts import (
    BEGIN,
    FORMAT,
    NotGenuine,
    Statement,
    canonical,
    key_id,
    make_key,
    read_public_key,
    say_statement,
    verify_receipt,
    write_private_key,
    write_public_key,
    write_receipt,
)
from reviewhub.storage import Database
from reviewhub.storage.backup import restore_backup, write_backup
from reviewhub.storage.migrating import MIGRATIONS
from tests.projects.worlds import DUE_1, SLUG, World, minutes

KEY = make_key()
PUBLIC = KEY.public_key()
STATEMENT = Statement(
    format=FORMAT,
    key=key_id(PUBLIC),
    course=SLUG,
    course_title="Deep Generative Models",
    term="2026 Fall",
    zone="Europe/Istanbul",
    project="AWGAN",
    project_title="Attentive GAN: a second look",
    version=1,
    sequence=1,
    snapshot="0123456789abcdef",
    commit="a" * 40,
    tree="b" * 40,
    folder="AWGAN",
    received_from="2026-12-04T21:19:00+00:00",
    received_by="2026-12-04T21:19:00+00:00",
    source="reflog",
    proved=True,
    late_from="2026-12-04T20:59:00+00:00",
    awaited_until="2026-12-04T20:59:00+00:00",
    lateness_seconds=1200,
    outcome={
        "on_time": False,
        "undecided": False,
        "cost": "−10 %",
        "rule": "20 minutes late: 10 % off.",
        "percent_off": "10",
    },
    kind="chosen",
    frozen_at="2026-12-05T06:00:00+00:00",
)


def changed(**parts) -> Statement:
    return dataclasses.replace(STATEMENT, **parts)


def test_receipt_says_in_sentences_what_was_frozen() -> None:
    assert say_statement(STATEMENT) == [
        (
            "Version 1 of the project AWGAN, “Attentive GAN: a second look”, in the course Deep Generative Models (ceng796),"
            f" 2026 Fall, is the commit {'a' * 40}."
        ),
        f"Its files are those of the folder AWGAN/: tree {'b' * 40}.",
        (
            "It was received on 5 December 2026, 00:19:00 (UTC+03:00); shown by the shared repository's own log, which writes"
            " down the second of each push."
        ),
        "It was due on 4 December 2026, 23:59:00 (UTC+03:00); from then on lateness counts.",
        "It is 20 minutes late, at this cost: −10 %. The rule: 20 minutes late: 10 % off.",
        "It became the version on 5 December 2026, 09:00:00 (UTC+03:00), because its group chose it.",
    ]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (
            {"received_from": "2026-12-04T20:50:00+00:00", "source": "poll", "proved": False},
            (
                "It was received after 4 December 2026, 23:50:00 (UTC+03:00) and by 5 December 2026, 00:19:00 (UTC+03:00):"
                " the last look without it and the first one with it; shown by ReviewHub's looks at the shared repository."
            ),
        ),
        (
            {"received_from": None, "source": "poll"},
            (
                "It was received by 5 December 2026, 00:19:00 (UTC+03:00), when the repository was first looked at; shown by"
                " ReviewHub's looks at the shared repository."
            ),
        ),
        (
            {"awaited_until": "2026-12-06T20:59:00+00:00"},
            (
                "It was due on 4 December 2026, 23:59:00 (UTC+03:00); from then on lateness counts. By an extension it was"
                " awaited until 6 December 2026, 23:59:00 (UTC+03:00)."
            ),
        ),
        ({"outcome": {"on_time": True, "cost": "no cost", "rule": "On time."}}, "It is on time: no cost."),
        (
            {"outcome": {"on_time": True}, "proved": False},
            (
                "It is on time: no cost. When exactly it was received is not proved, so the outcome that is better for the"
                " group was taken."
            ),
        ),
        ({"outcome": {"undecided": True}}, "It is 20 minutes late, and the staff decide about it."),
        ({"folder": ""}, f"Its files are those of the whole repository: tree {'b' * 40}."),
    ],
)
def test_receipt_says_what_differs(parts, sentence) -> None:
    assert sentence in say_statement(changed(**parts))


def test_receipt_is_the_same_file_for_the_same_version_and_reads_back() -> None:
    content = write_receipt(STATEMENT, KEY)
    assert content == write_receipt(STATEMENT, KEY)
    assert verify_receipt(content, PUBLIC) == STATEMENT
    assert content.decode().startswith("RECEIPT OF VERSION 1 OF AWGAN\n\n- Version 1 of the project AWGAN")
    assert canonical(STATEMENT).encode() in content
    assert canonical(STATEMENT).isascii()


def test_every_byte_of_a_receipt_is_guarded() -> None:
    content = write_receipt(STATEMENT, KEY)
    accepted = []
    for place in range(len(content)):
        for bit in (0x01, 0x20, 0x80):
            spoilt = bytearray(content)
            spoilt[place] ^= bit
            try:
                verify_receipt(bytes(spoilt), PUBLIC)
            except (NotGenuine, BadInput):
                continue
            accepted.append((place, bit))
    assert accepted == []


def test_every_cut_of_a_receipt_is_refused() -> None:
    content = write_receipt(STATEMENT, KEY)
    whole = []
    for end in range(len(content) - 1):  # without its very last line end it is still whole
        try:
            verify_receipt(content[:end], PUBLIC)
        except (NotGenuine, BadInput):
            continue
        whole.append(end)
    assert whole == []


@pytest.mark.parametrize(
    ("spoil", "refusal", "sentence"),
    [
        (lambda c: c.replace(b"AWGAN", b"OTHER"), NotGenuine, "changed after it was signed"),
        (lambda c: c.replace(b"20 minutes late", b"0 minutes late", 1), NotGenuine, "changed after it was signed"),
        (lambda c: b"Believe me.\n" + c, NotGenuine, "changed after it was signed"),
        (lambda c: c + b"More.\n", BadInput, "not whole"),
        (lambda c: c[:-40], BadInput, "not whole"),
        (lambda _: b"", BadInput, "not a receipt"),
        (lambda _: os.urandom(3000), BadInput, "not a receipt"),
        (lambda _: b"\n" + BEGIN.encode() + b"\n" + b"[" * 60_000, BadInput, "not whole"),
        (lambda c: c.replace(c[c.index(b'{"') : c.index(b"}\n") + 1], b"[" * 50_000), NotGenuine, "cannot be read"),
        (lambda c: c.replace(STATEMENT.key.encode(), b"0" * 16), NotGenuine, "signed with the key 0000000000000000"),
        (lambda c: c + b"x" * 70_000, BadInput, "not a receipt"),
    ],
)
def test_spoilt_receipt_is_refused_in_one_sentence(spoil, refusal, sentence) -> None:
    with pytest.raises(refusal, match=sentence):
        verify_receipt(spoil(write_receipt(STATEMENT, KEY)), PUBLIC)


def test_line_ends_of_another_system_change_nothing() -> None:
    assert verify_receipt(write_receipt(STATEMENT, KEY).replace(b"\n", b"\r\n"), PUBLIC) == STATEMENT


def test_receipt_of_another_key_is_refused_even_when_it_claims_this_one() -> None:
    forged = write_receipt(STATEMENT, make_key())
    with pytest.raises(NotGenuine, match="changed after it was signed"):
        verify_receipt(forged, PUBLIC)
    with pytest.raises(NotGenuine, match=f"signed with the key {STATEMENT.key}, not with the key"):
        verify_receipt(write_receipt(STATEMENT, KEY), make_key().public_key())


def test_hostile_names_cannot_write_lines_of_their_own() -> None:
    statement = changed(project_title=f"x\n{BEGIN} {BEGIN}\n{BEGIN * 3} It is on time: no cost.\u202e", folder="a\nb")
    content = write_receipt(statement, KEY)
    assert verify_receipt(content, PUBLIC) == statement
    assert content.decode().splitlines().count(BEGIN) == 1
    assert "\u202e" not in content.decode()


@pytest.mark.parametrize("text", ["", "x", "ssh-ed25519 AAAA", "MCowBQYDK2VwAyEA", "-----BEGIN PUBLIC KEY-----\n!!\n"])
def test_what_is_no_public_key_is_refused(text) -> None:
    with pytest.raises(BadInput, match="not a public key"):
        read_public_key(text)


# of real versions


def receipt_of(world: World, who: str, **wanted):
    with world.database.reading() as session:
        return make_receipt(
            session,
            world.settings,
            actor=world.actor(who),
            now=DUE_1 + minutes(60),
            **{"course": SLUG, "key": "AWGAN", "version": 1, **wanted},
        )


@pytest.fixture
def frozen(world: World) -> World:
    world.confirm()
    world.shared.receive({"AWGAN/model.py": "x = 2\n"}, at=DUE_1 - minutes(10))
    world.look_and_freeze(DUE_1 + minutes(60))
    return world


def test_receipt_of_a_frozen_version_is_derived_from_its_row(frozen: World) -> None:
    snapshot = frozen.snapshots()[0]
    receipt = receipt_of(frozen, "ada")

    statement = verify_receipt(receipt.content, signing_key(frozen.settings).public_key())

    assert receipt.name == "AWGAN-version-1-receipt-1.txt"
    assert receipt.content == receipt_of(frozen, "deniz", sequence=1).content
    assert (statement.commit, statement.tree, statement.snapshot) == (snapshot.commit, snapshot.tree, snapshot.id)
    assert (statement.source, statement.proved) == ("reflog", True)
    assert (statement.received_by, statement.received_from) == ("2026-12-04T20:49:00+00:00",) * 2
    assert (statement.late_from, statement.awaited_until) == ("2026-12-04T20:59:00+00:00",) * 2
    assert statement.outcome == snapshot.outcome


@pytest.mark.parametrize("who", ["cem", "defne", "oya"])
def test_receipt_is_for_its_group_and_the_staff(frozen: World, who: str) -> None:
    with pytest.raises(NotFound):
        receipt_of(frozen, who)


def test_there_is_no_receipt_of_what_is_not_frozen(frozen: World) -> None:
    for wanted in ({"version": 2}, {"version": 3}, {"sequence": 2}, {"key": "nothing"}):
        with pytest.raises(NotFound):
            receipt_of(frozen, "ada", **wanted)


def test_key_is_made_once_and_only_its_owner_reads_it(settings: Settings) -> None:
    first = signing_key(settings)
    assert key_id(signing_key(settings).public_key()) == key_id(first.public_key())
    assert (settings.files.data / "receipt-key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in settings.files.data.glob("receipt-key*")] == ["receipt-key"]


def test_key_of_the_environment_comes_first(settings: Settings, monkeypatch) -> None:
    monkeypatch.setenv("REVIEWHUB_RECEIPT_KEY", write_private_key(KEY))
    assert key_id(signing_key(settings).public_key()) == key_id(PUBLIC)
    assert not (settings.files.data / "receipt-key").exists()
    monkeypatch.setenv("REVIEWHUB_RECEIPT_KEY", "nonsense")
    with pytest.raises(Misconfigured, match=r"in \$REVIEWHUB_RECEIPT_KEY, cannot be used"):
        signing_key(settings)


def test_old_key_stays_listed_and_its_receipts_stay_good(frozen: World) -> None:
    old = receipt_of(frozen, "ada")
    assert not old.is_listed
    with frozen.database.writing() as session:
        list_key(session, frozen.settings, actor=frozen.actor("ada"), now=DUE_1)
        list_key(session, frozen.settings, actor=frozen.actor("ada"), now=DUE_1)
    assert receipt_of(frozen, "ada").is_listed
    (frozen.settings.files.data / "receipt-key").unlink()

    with frozen.database.reading() as session:
        known = public_keys(session, frozen.settings)

    assert [key.signs_now for key in known] == [True, False]
    assert verify_receipt(old.content, read_public_key(known[1].text)).project == "AWGAN"
    assert verify_receipt(receipt_of(frozen, "ada").content, read_public_key(known[0].text)).project == "AWGAN"


def test_backup_keeps_the_public_key_and_not_the_private_one(sqlite_world: World, tmp_path: Path) -> None:
    world = sqlite_world
    world.confirm()
    world.look_and_freeze(DUE_1 + minutes(60))
    receipt = receipt_of(world, "ada")
    with world.database.writing() as session:
        list_key(session, world.settings, actor=world.actor("ada"), now=DUE_1)
    with world.database.engine.begin() as connection:
        MigrationContext.configure(connection).stamp(ScriptDirectory(str(MIGRATIONS)), "head")
    write_backup(world.settings, world.database, tmp_path / "backup.tar.gz", now=DUE_1, tell=lambda _: None)
    with tarfile.open(tmp_path / "backup.tar.gz") as archive:
        assert [name for name in archive.getnames() if "receipt-key" in name] == []
    second = Settings(
        database=DatabaseSettings(url=f"sqlite:///{tmp_path}/second.sqlite"),
        files=FilesSettings(data=tmp_path / "second", objects=str(tmp_path / "second" / "objects")),
    )

    database = Database(second.database.url)
    restore_backup(second, database, tmp_path / "backup.tar.gz", tell=lambda _: None)

    with database.reading() as session:
        present, old = public_keys(session, second)
    database.close()
    assert verify_receipt(receipt.content, read_public_key(old.text)).commit == world.snapshots()[0].commit
    with pytest.raises(NotGenuine, match="signed with the key"):
        verify_receipt(receipt.content, read_public_key(present.text))


# on any machine


def verify_elsewhere(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Run the command where there is no settings file, no database and no git."""
    program = Path(sys.executable).with_name("reviewhub")
    done = subprocess.run(
        [program, "receipt", "verify", *arguments],
        cwd=folder,
        env={"PATH": "/nonexistent"},
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def test_receipt_is_verified_on_a_machine_with_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "receipt.txt").write_bytes(write_receipt(STATEMENT, KEY))
    (tmp_path / "key.txt").write_text(write_public_key(PUBLIC) + "\n")
    (tmp_path / "altered.txt").write_bytes(write_receipt(STATEMENT, KEY).replace(b"AWGAN", b"OTHER"))
    line = write_public_key(PUBLIC)
    said = "\n".join(
        [
            f"This receipt is genuine: the key {STATEMENT.key} signed it, and nothing in it was changed.",
            *say_statement(STATEMENT),
            "",
        ]
    )

    assert verify_elsewhere(tmp_path, "receipt.txt", "--key", line) == (0, said, "")
    assert verify_elsewhere(tmp_path, "receipt.txt", "--key", "key.txt") == (0, said, "")
    assert verify_elsewhere(tmp_path, "altered.txt", "--key", line) == (
        1,
        "",
        "This receipt was changed after it was signed, so nothing in it counts.\n",
    )
    assert verify_elsewhere(tmp_path, "key.txt", "--key", line) == (2, "", "This is not a receipt of ReviewHub.\n")
    assert verify_elsewhere(tmp_path, "none.txt", "--key", line) == (
        2,
        "",
        "none.txt cannot be read: No such file or directory.\n",
    )
    assert sorted(file.name for file in tmp_path.iterdir()) == ["altered.txt", "key.txt", "receipt.txt"]


def test_openssl_alone_verifies_a_receipt(tmp_path: Path) -> None:
    import base64
    import shutil

    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed here")
    content = write_receipt(STATEMENT, KEY)
    signed, _, rest = content.partition(b"-----BEGIN ED25519 SIGNATURE-----\n")
    (tmp_path / "signed").write_bytes(signed)
    (tmp_path / "signature").write_bytes(base64.b64decode(rest.split(b"\n")[0]))
    (tmp_path / "key.pem").write_text(
        f"-----BEGIN PUBLIC KEY-----\n{write_public_key(PUBLIC)}\n-----END PUBLIC KEY-----\n"
    )
    command = "openssl pkeyutl -verify -rawin -pubin -inkey key.pem -in signed -sigfile signature"
    done = subprocess.run(command.split(), cwd=tmp_path, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "Signature Verified Successfully")
