"""Versions outlive their mirror: packs are written once, fit their rows, and every page reads from them."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import obstore
import pytest
from sqlalchemy import update

from reviewhub.accounts.rights import PROGRAM
from reviewhub.config import FilesSettings, Settings
from reviewhub.github.git import GitFailed, run_git
from reviewhub.github.objects import Objects
from reviewhub.jobs.registry import JobContext
from reviewhub.jobs.work import known_jobs
from reviewhub.projects.lookup import mirror_path, objects_of
from reviewhub.projects.packing import manifest_path, pack_path, pack_version, snapshots_to_pack
from reviewhub.projects.tables import Snapshot
from reviewhub.projects.unpacking import forget_versions, objects_of_versions
from reviewhub.storage.checking import Premises, check_all
from reviewhub.storage.objects import shared_object_store
from tests.projects.worlds import DUE_1, DUE_2, EARLY, World, minutes


def freeze_both(world: World) -> None:
    """Version 1 and 2 of both projects, from different commits."""
    world.confirm()
    world.shared.receive({"AWGAN/model.py": "x = 2\n", "AWGAN/deep/er/notes.txt": "deep\n"}, at=DUE_1 - minutes(5))
    world.look_and_freeze(DUE_1 + minutes(1))
    world.shared.receive({"AWGAN/model.py": "x = 3\n"}, at=DUE_2 - minutes(5))
    world.look_and_freeze(DUE_2 + minutes(1))


def pack_all(world: World) -> int:
    with world.database.reading() as session:
        waiting = snapshots_to_pack(session)
    for snapshot_id in waiting:
        pack(world, snapshot_id)
    return len(waiting)


def pack(world: World, snapshot_id: str):
    return pack_version(world.database, world.settings, actor=PROGRAM, now=DUE_2 + minutes(2), snapshot_id=snapshot_id)


def digests(objects: Objects, tree: str) -> dict[str, str]:
    """Path → SHA-256 of every file of a tree."""
    return {
        entry.path: hashlib.sha256(objects.blob(entry.oid, limit_bytes=10**7).content or b"").hexdigest()
        for entry in objects.listing(tree).entries
    }


def manifest_of(world: World, snapshot: Snapshot) -> dict:
    store = shared_object_store(world.settings.files.objects)
    return json.loads(bytes(obstore.get(store, manifest_path(snapshot.manifest or "")).bytes()))


def stored(world: World, snapshot: Snapshot) -> bytes:
    store = shared_object_store(world.settings.files.objects)
    return bytes(obstore.get(store, pack_path(snapshot.pack or "")).bytes())


def test_pack_holds_the_version_and_its_row_fits_it(world: World, tmp_path: Path) -> None:
    freeze_both(world)
    assert pack_all(world) == 4
    assert pack_all(world) == 0

    snapshot = world.snapshots()[0]
    content = stored(world, snapshot)
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (snapshot.pack, snapshot.pack_size)
    # Any git reads it, with nothing else at hand, and follows the ids from the commit to the folder.
    alone = tmp_path / "alone.git"
    subprocess.run(["git", "init", "-q", "--bare", str(alone)], check=True)
    subprocess.run(
        ["git", f"--git-dir={alone}", "index-pack", "--stdin"], input=content, check=True, capture_output=True
    )
    assert run_git(alone, "rev-parse", f"{snapshot.commit}:AWGAN").decode().strip() == snapshot.tree
    assert run_git(alone, "cat-file", "blob", f"{snapshot.commit}:AWGAN/model.py") == b"x = 2\n"
    # What is another group's is not in it.
    assert not Objects(alone).has(world.snapshots("DiffEdit")[0].tree)


def test_manifest_says_what_is_there(world: World) -> None:
    freeze_both(world)
    pack_all(world)
    snapshot = world.snapshots()[0]

    manifest = manifest_of(world, snapshot)

    kept = objects_of(world.settings.mirrors, world.course())
    assert {file["path"]: file["sha256"] for file in manifest["files"]} == digests(kept, snapshot.tree)
    assert {file["path"]: (file["mode"], file["size"]) for file in manifest["files"]}["deep/er/notes.txt"] == (
        "100644",
        5,
    )
    assert manifest["missing"] == []
    assert (manifest["commit"], manifest["tree"], manifest["pack"]["sha256"]) == (
        snapshot.commit,
        snapshot.tree,
        snapshot.pack,
    )


def test_what_is_missing_is_named_with_the_reason(world: World) -> None:
    shared = world.shared
    shared.commit(
        {
            "AWGAN/lfs.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 3\n",
            "AWGAN/lost.txt": "lost for ever",
            "AWGAN/bad.txt": "this one is spoilt on the disk",
        }
    )
    shared.at_clone("update-index", "--add", "--cacheinfo", f"160000,{'a' * 40},AWGAN/other")
    shared.at_clone("commit", "-q", "-m", "submodule")
    lost, bad = (shared.at_clone("rev-parse", f"HEAD:AWGAN/{name}") for name in ("lost.txt", "bad.txt"))
    shared.push(at=EARLY + minutes(1))
    (shared.bare / "objects" / lost[:2] / lost[2:]).unlink()
    world.confirm(EARLY + minutes(2))
    world.look_and_freeze(DUE_1 + minutes(1))
    spoil(world, bad)
    snapshot = world.snapshots()[0]

    pack(world, snapshot.id)

    missing = {one["path"]: one["why"] for one in manifest_of(world, world.snapshots()[0])["missing"]}
    assert missing == {
        "bad.txt": "damaged in the repository",
        "lfs.bin": "only a Git LFS pointer was pushed: oid sha256:abc, size 3",
        "lost.txt": "missing in the repository",
        "other": f"a submodule: commit {'a' * 40} of another repository, which is not followed",
    }
    shutil.rmtree(world.settings.mirrors)
    read = objects_of_versions(world.settings, world.course(), world.snapshots())
    assert (read.blob(read.entry(snapshot.tree, "model.py").oid, limit_bytes=99).content) == b"x = 1\n"


def spoil(world: World, oid: str) -> None:
    """Damage one object of the mirror on the disk."""
    mirror = mirror_path(world.settings.mirrors, world.course())
    for file in (mirror / "objects" / "pack").glob("*.pack"):
        loose = file.with_suffix(".moved")
        file.replace(loose)
        file.with_suffix(".idx").unlink()
        with loose.open("rb") as content:
            subprocess.run(["git", f"--git-dir={mirror}", "unpack-objects", "-q"], stdin=content, check=True)
    broken = mirror / "objects" / oid[:2] / oid[2:]
    content = bytearray(broken.read_bytes())
    content[-8:] = b"\xff" * 8
    broken.chmod(0o644)
    broken.write_bytes(content)


def test_loss_of_the_whole_mirror_loses_no_version(world: World) -> None:
    freeze_both(world)
    pack_all(world)
    snapshots = world.snapshots()
    mirrored = objects_of(world.settings.mirrors, world.course())
    before = {one.version: digests(mirrored, one.tree) for one in snapshots}

    shutil.rmtree(world.settings.mirrors)

    objects = objects_of_versions(world.settings, world.course(), snapshots)
    assert {one.version: digests(objects, one.tree) for one in snapshots} == before
    assert len(before[1]) == 5
    assert before[1] != before[2]


def test_object_that_the_mirror_lost_is_read_from_the_pack(world: World) -> None:
    freeze_both(world)
    pack_all(world)
    snapshot = world.snapshots()[0]
    mirrored = objects_of(world.settings.mirrors, world.course())
    before = digests(mirrored, snapshot.tree)
    wanted = mirrored.entry(snapshot.tree, "model.py")
    spoil(world, wanted.oid)
    gone = mirrored.entry(snapshot.tree, "deep/er/notes.txt")
    (mirrored.repository / "objects" / gone.oid[:2] / gone.oid[2:]).unlink()

    objects = objects_of_versions(world.settings, world.course(), [snapshot])

    assert digests(objects, snapshot.tree) == before
    assert b"".join(objects.pieces(wanted.oid)) == b"x = 2\n"
    assert b"".join(objects.pieces(gone.oid)) == b"deep\n"


def test_machine_without_a_mirror_serves_versions_from_the_object_store(world: World, tmp_path: Path) -> None:
    freeze_both(world)
    pack_all(world)
    snapshot = world.snapshots()[0]
    other = Settings(files=FilesSettings(data=tmp_path / "second", objects=world.settings.files.objects))

    objects = objects_of_versions(other, world.course(), [snapshot])

    assert digests(objects, snapshot.tree) == digests(objects_of(world.settings.mirrors, world.course()), snapshot.tree)
    assert not other.mirrors.exists()


def test_pack_that_is_not_what_was_written_is_refused(world: World) -> None:
    from reviewhub.errors import OutsideFailed

    freeze_both(world)
    pack_all(world)
    snapshot = world.snapshots()[0]
    file = Path(world.settings.files.objects) / pack_path(snapshot.pack or "")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    shutil.rmtree(world.settings.mirrors)

    with pytest.raises(OutsideFailed, match="nothing is lost"):
        objects_of_versions(world.settings, world.course(), [snapshot])
    assert list(world.settings.versions.glob("*.git/objects/pack/*")) == []


def test_version_whose_commit_is_gone_before_it_was_packed_is_refused_and_stays_due(world: World) -> None:
    freeze_both(world)
    shutil.rmtree(world.settings.mirrors)
    snapshot = world.snapshots()[0]
    with pytest.raises(GitFailed, match="not in the mirror"):
        pack(world, snapshot.id)
    with world.database.reading() as session:
        assert len(snapshots_to_pack(session)) == 4


def test_packing_again_names_the_same_objects_and_keeps_the_row(world: World) -> None:
    freeze_both(world)
    pack_all(world)
    first = world.snapshots()[0]
    with world.database.writing() as session:
        session.execute(update(Snapshot).where(Snapshot.id == first.id).values(pack=None))
    pack(world, first.id)
    again = world.snapshots()[0]
    assert (again.pack, again.manifest, again.pack_size) == (first.pack, first.manifest, first.pack_size)


def test_worker_killed_anywhere_while_packing_leaves_nothing_wrong(sqlite_world: World) -> None:
    world = sqlite_world
    freeze_both(world)
    snapshot = world.snapshots()[0]
    program = (
        "import sys\nfrom pathlib import Path\nfrom reviewhub.config import *\nfrom reviewhub.storage import Database\n"
        "from reviewhub.accounts.rights import PROGRAM\nfrom reviewhub.projects.packing import pack_version\n"
        "from datetime import datetime, UTC\n"
        "url, data, key = sys.argv[1:]\n"
        "settings = Settings(database=DatabaseSettings(url=url), files=FilesSettings(data=Path(data), objects=data + '/objects'))\n"
        "print('ready', flush=True)\n"
        "pack_version(Database(url), settings, actor=PROGRAM, now=datetime.now(UTC), snapshot_id=key)\n"
    )
    for wait in (0.0, 0.005, 0.02, 0.05, 0.1):
        arguments = [world.settings.database.url, str(world.settings.files.data), snapshot.id]
        with subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            try:
                child.wait(wait)
            except subprocess.TimeoutExpired:
                os.kill(child.pid, signal.SIGKILL)
        row = world.snapshots()[0]
        assert row.pack is None or len(stored(world, row)) == row.pack_size

    pack(world, snapshot.id)

    row = world.snapshots()[0]
    assert hashlib.sha256(stored(world, row)).hexdigest() == row.pack


def test_memory_of_unpacked_versions_is_bounded(tmp_path: Path) -> None:
    for count, name in enumerate(("old", "newer", "newest")):
        place = tmp_path / f"{name}.git"
        place.mkdir()
        (place / "content").write_bytes(b"x" * 100)
        os.utime(place, (count + 1, count + 1))

    forget_versions(tmp_path, keep=tmp_path / "old.git", most_bytes=250)

    assert sorted(place.name for place in tmp_path.iterdir()) == ["newest.git", "old.git"]


def test_a_tree_of_ten_thousand_million_paths_is_packed_in_seconds(world: World) -> None:
    shared = world.shared
    blob = shared.at_clone("hash-object", "-w", "--stdin", send=b"{}")
    tree = shared.at_clone("mktree", send=f"100644 blob {blob}\tmain.ipynb\n".encode())
    for _ in range(10):
        tree = shared.at_clone("mktree", send="".join(f"040000 tree {tree}\td{n}\n" for n in range(10)).encode())
    top = shared.at_clone("mktree", send=f"040000 tree {tree}\tAWGAN\n".encode())
    commit = shared.at_clone("commit-tree", top, "-m", "bomb", at=EARLY)
    world.confirm()
    shared.at_clone("reset", "-q", "--soft", commit)
    shared.push(at=DUE_1 - minutes(5), force=True)
    world.look_and_freeze(DUE_1 + minutes(1))
    snapshot = world.snapshots()[0]
    assert snapshot.commit == commit

    written = pack(world, snapshot.id)

    assert written is not None
    assert written.size < 10_000


def test_check_tells_of_a_version_without_its_pack(world: World) -> None:
    freeze_both(world)
    after = DUE_2 + minutes(2)
    name = "every frozen version lies in the object store as a pack of its own"

    def faults(now=after, *, thorough: bool = False) -> list[str]:
        premises = Premises(settings=world.settings, now=now, thorough=thorough)
        return [
            sentence for one in check_all(world.database, premises) if one.name == name for sentence in one.exceptions
        ]

    assert [fault.partition(" (")[0] for fault in faults()] == ["Version 1 of AWGAN", "Version 1 of DiffEdit"]
    pack_all(world)
    assert faults(after + minutes(60), thorough=True) == []

    first, second = (Path(world.settings.files.objects) / pack_path(one.pack or "") for one in world.snapshots())
    first.unlink()
    second.write_bytes(b"\0" * second.stat().st_size)

    assert [fault.partition(": ")[2].split(" ", 3)[3] for fault in faults()] == ["is gone from the object store."]
    assert [fault.partition(": ")[2].split(" ", 3)[3] for fault in faults(thorough=True)] == [
        "is gone from the object store.",
        "is not what was written.",
    ]


def test_job_is_due_for_each_frozen_version_until_its_pack_is_written(world: World) -> None:
    sent: list[tuple[str, str]] = []
    world.database.send = lambda job, key: sent.append((job, key))
    world.confirm()
    world.look_and_freeze(DUE_1 + minutes(1))
    job = known_jobs().find("pack_version")
    context = JobContext(settings=world.settings, database=world.database, clock=lambda: DUE_1 + minutes(2))
    assert job is not None
    due = list(job.due(context))

    for snapshot_id in due:
        job.run(context, snapshot_id)
        job.run(context, snapshot_id)

    assert sorted(key for name, key in sent if name == "pack_version") == sorted(due)
    assert (len(due), list(job.due(context))) == (2, [])
