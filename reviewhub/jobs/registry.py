"""What a job is: a name, how to do it for one key, and which keys are due and unfinished."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from reviewhub.config import Settings
from reviewhub.storage import Clock, Database


@dataclass(frozen=True, kw_only=True)
class JobContext:
    """What a job may use. The clock is the demonstration's where there is one."""

    settings: Settings
    database: Database
    clock: Clock

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self.clock()


Run = Callable[[JobContext, str], None]
Due = Callable[[JobContext], Iterable[str]]


@dataclass(frozen=True, kw_only=True)
class Job:
    """One kind of background work.

    `run` does it for one key and may be run again at any time: what is done already is not done twice.
    `due` gives the keys for which our database says that something is due and unfinished now.
    """

    name: str
    run: Run
    due: Due


@dataclass(frozen=True)
class Jobs:
    """The jobs a worker knows, by name."""

    by_name: dict[str, Job] = field(default_factory=dict)

    def add(self, job: Job) -> None:
        """Make a job known; a name stands for one job."""
        if job.name in self.by_name:
            msg = f"there are two jobs named {job.name}"
            raise ValueError(msg)
        self.by_name[job.name] = job

    def find(self, name: str) -> Job | None:
        """The job of this name; None for a name that only another version of the program knows."""
        return self.by_name.get(name)

    def __iter__(self) -> Iterator[Job]:
        """Every job, in the order they were added."""
        return iter(self.by_name.values())
