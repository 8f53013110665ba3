"""From the samples' plans to one line of commits: who committed what when, push by push, on one shared branch."""

import hashlib
import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from reviewhub.demonstration.people import Person, person_of
from reviewhub.demonstration.semester import Calendar
from reviewhub.demonstration.sources import COURSE, KEYS, CommitPlan, PushPlan, Sample, load_sample

MAIN = "refs/heads/main"


@dataclass(frozen=True)
class Link:
    """A submodule's place in the tree: the commit of another repository."""

    commit: str


@dataclass(frozen=True, kw_only=True)
class Commit:
    """One commit to be made. `number` is its mark; `changes` maps a path to its new content, None where it goes."""

    number: int
    parents: tuple[int, ...]
    author: Person
    authored: datetime
    committer: Person
    committed: datetime
    message: str
    changes: dict[str, bytes | Link | None]


@dataclass(frozen=True, kw_only=True)
class Move:
    """One push to be played: a ref goes to a commit (by mark) at a moment."""

    moment: datetime
    project: str
    by: Person
    ref: str
    tip: int
    forced: bool
    title: str


@dataclass
class _Tree:
    """What the shared branch holds while the history is written."""

    entries: dict[str, bytes | Link] = field(default_factory=dict)

    def take(self, changes: dict[str, bytes | Link | None]) -> None:
        for path, entry in changes.items():
            if entry is None:
                self.entries.pop(path, None)
            else:
                self.entries[path] = entry


class _Writer:
    """Writes the pushes of all groups in the order of their moments."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.tree = _Tree()
        self.commits: list[Commit] = []
        self.line: list[Commit] = []
        self.moves: list[Move] = []
        self.applied: dict[str, tuple[str, ...]] = {}
        self.stages: dict[str, str] = {}
        self.pulls: dict[int, list[Commit]] = {}

    def write(self, sample: Sample, plan: PushPlan, moment: datetime) -> None:
        """Write one push."""
        if plan.forget:
            made = self._rewrite(sample, plan, moment)
        elif plan.merge:
            made = [self._merge(plan, moment)]
        else:
            made = self._plain(sample, plan, moment)
        if plan.pull:
            self.pulls[plan.pull] = made
        else:
            self.line = made if plan.forget else [*self.line, *made]
        self.commits.extend(commit for commit in made if commit.number > len(self.commits))
        self.moves.append(
            Move(
                moment=moment,
                project="" if sample.key == COURSE else sample.key,
                by=person_of(plan.by),
                ref=f"refs/pull/{plan.pull}/head" if plan.pull else MAIN,
                tip=made[-1].number,
                forced=bool(plan.forget),
                title=plan.title.partition("\n")[0] or made[-1].message.splitlines()[0],
            )
        )

    def _plain(self, sample: Sample, plan: PushPlan, moment: datetime) -> list[Commit]:
        chance = random.Random(f"{sample.key}:{plan.at}")
        gaps = [
            timedelta(seconds=chance.randint(70, 300) if at == 0 else chance.randint(900, 9000))
            for at in range(len(plan.commit))
        ]
        made: list[Commit] = []
        for at, commit in enumerate(plan.commit):
            dated = moment - sum(gaps[: len(plan.commit) - at], timedelta())
            if commit.dated:
                dated = self.calendar.moment(commit.dated)
            who = person_of(commit.by or plan.by)
            changes = self._changes(sample, commit)
            parent = made[-1:] or self.line[-1:]
            made.append(
                Commit(
                    number=len(self.commits) + len(made) + 1,
                    parents=tuple(one.number for one in parent),
                    author=who,
                    authored=dated,
                    committer=who,
                    committed=dated,
                    message=commit.message.strip(),
                    changes=changes,
                )
            )
            if not plan.pull:
                self.tree.take(changes)
        return made

    def _changes(self, sample: Sample, commit: CommitPlan) -> dict[str, bytes | Link | None]:
        folder = "" if sample.key == COURSE else f"{sample.key}/"
        applied = self.applied[sample.key] = (*self.applied.get(sample.key, ()), *commit.apply)
        touched = [edit.path for name in commit.apply for edit in sample.edits[name]]
        items = dict.fromkeys([*commit.add, *(path for path in touched if path not in commit.add)])
        changes: dict[str, bytes | Link | None] = {}
        for item in items:
            path, _, stage = item.partition(" ")
            kept = self.stages.get(folder + path, "") if item in touched else stage
            self.stages[folder + path] = kept
            changes[folder + path] = sample.content(f"{path} {kept}".strip(), applied)
        changes |= {_rooted(folder, path): None for path in commit.remove}
        changes |= {_rooted(folder, path): text.encode() for path, text in commit.write.items()}
        changes |= {_rooted(folder, path): random.Random(path).randbytes(size) for path, size in commit.noise.items()}
        changes |= {_rooted(folder, path): Link(name) for path, name in commit.link.items()}
        for path, text in commit.append.items():
            before = self.tree.entries[_rooted(folder, path)]
            changes[_rooted(folder, path)] = (before if isinstance(before, bytes) else b"") + text.encode()
        return changes

    def _merge(self, plan: PushPlan, moment: datetime) -> Commit:
        pulled = self.pulls[plan.merge]
        changes = {path: entry for commit in pulled for path, entry in commit.changes.items()}
        self.tree.take(changes)
        who = person_of(plan.by)
        return Commit(
            number=len(self.commits) + 1,
            parents=(self.line[-1].number, pulled[-1].number),
            author=who,
            authored=moment,
            committer=who,
            committed=moment,
            message=plan.title,
            changes=changes,
        )

    def _rewrite(self, sample: Sample, plan: PushPlan, moment: datetime) -> list[Commit]:
        """Make the branch again from the commit that brought a file, as a rebase does: authors stay, commits change."""
        forgotten = f"{sample.key}/{plan.forget}"
        first = next(at for at, commit in enumerate(self.line) if forgotten in commit.changes)
        made = list(self.line[:first])
        for at, commit in enumerate(self.line[first:]):
            changes = {path: entry for path, entry in commit.changes.items() if path != forgotten}
            # A rebase flattens merges: the branch's own line is kept, a merged side becomes part of its merge.
            made.append(
                replace(
                    commit,
                    number=len(self.commits) + at + 1,
                    parents=(made[-1].number,),
                    committer=person_of(plan.by),
                    committed=moment - timedelta(seconds=95),
                    changes=changes,
                )
            )
        self.tree.take({forgotten: None})
        return made


def _rooted(folder: str, path: str) -> str:
    return path.removeprefix("/") if path.startswith("/") else folder + path


def write_history(calendar: Calendar) -> tuple[tuple[Commit, ...], tuple[Move, ...]]:
    """Return every commit and every push of the semester, in the order of the pushes."""
    samples = [load_sample(key) for key in (COURSE, *KEYS)]
    plans = [(calendar.moment(plan.at), sample, plan) for sample in samples for plan in sample.pushes]
    writer = _Writer(calendar)
    for moment, sample, plan in sorted(plans, key=lambda entry: (entry[0], entry[1].key)):
        writer.write(sample, plan, moment)
    return tuple(writer.commits), tuple(writer.moves)


def blob_name(content: bytes) -> str:
    """Return git's name of a blob (SHA-1 over its header and content)."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
