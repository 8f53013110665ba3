"""Sharing the projects of a course out among its graders, as evenly as it goes: nobody reads second what they grade."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum


class Task(StrEnum):
    """What somebody is asked to do with a project."""

    GRADES = "grades"
    READS = "reads"


TASK_WORDS: Mapping[Task, str] = {Task.GRADES: "Grader", Task.READS: "Second reader"}


def shared_out(
    projects: Sequence[str], graders: Sequence[str], given: Mapping[str, str], barred: Mapping[str, str]
) -> dict[str, str]:
    """Project → grader for each project without one in `given`: whoever has fewest, the first of them in `graders`.

    `barred`: project → the one who may not have it. A project that only its barred grader is left for stays without.
    """
    loads = Counter(given.values())
    fresh: dict[str, str] = {}
    for project in projects:
        free = [one for one in graders if one != barred.get(project)]
        if project in given or not free:
            continue
        fresh[project] = min(free, key=lambda one: (loads[one], graders.index(one)))
        loads[fresh[project]] += 1
    return fresh


def alone_decided(reader: str, deciders: Collection[str]) -> bool:
    """Whether everything decided in a project was decided by the one who wants to read it second."""
    return set(deciders) == {reader}
