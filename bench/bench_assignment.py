"""Assigning reviewers: ours beside shuffling the list and handing out the next k, tried up to a thousand times.

Shuffling is what spreadsheets and most course platforms do. Both get the same invented courses: groups of two or three,
every seventh person with a declared conflict, every person wanting two projects and rather not one.
"""

import random
import time
from collections import Counter
from pathlib import Path

from bench.rows import Row
from reviewhub.reviews.assignment import (
    AssignmentQuestion,
    Pair,
    ReviewedProject,
    Reviewer,
    Wish,
    reciprocal_pairs,
    refused_by,
)
from reviewhub.reviews.planning import plan_assignment

COURSES = ((24, 12, 2), (60, 24, 3), (240, 100, 3))
TRIES = 1000


def run(_corpus: Path | None) -> list[Row]:
    """Measure courses of three sizes."""
    return [row for people, projects, each in COURSES for row in compare(make_question(people, projects, each))]


def make_question(people: int, projects: int, each: int) -> AssignmentQuestion:
    """An invented course; the same numbers make the same course."""
    chance = random.Random(people * 1000 + projects)
    ids = [f"p{number:03}" for number in range(projects)]
    reviewers = []
    for number in range(people):
        own = ids[number % projects]
        others = chance.sample([one for one in ids if one != own], 4)
        reviewers.append(
            Reviewer(
                reviewer_id=f"r{number:03}",
                name=f"Person {number}",
                own=frozenset({own}),
                conflicts=frozenset({others[3]} if number % 7 == 0 else ()),
                wishes={others[0]: Wish.WANTS, others[1]: Wish.WANTS, others[2]: Wish.RATHER_NOT},
            )
        )
    listed = tuple(ReviewedProject(project_id=one, key=one) for one in ids)
    return AssignmentQuestion(reviewers=tuple(reviewers), projects=listed, each=each, seed=7)


def compare(question: AssignmentQuestion) -> list[Row]:
    """Ours and shuffling on one course."""
    began = time.perf_counter()
    plan = plan_assignment(question)
    ours_seconds = time.perf_counter() - began
    ours = frozenset(Pair(reviewer_id=pair.reviewer_id, project_id=pair.project_id) for pair in plan.pairs)
    began = time.perf_counter()
    peer, tries = shuffle(question)
    peer_seconds = time.perf_counter() - began
    name = f"{len(question.reviewers)} people, {len(question.projects)} projects, {question.each} each"
    rows = [
        Row(
            name=f"{name}: time",
            ours=ours_seconds * 1000,
            peer=peer_seconds * 1000,
            unit="ms",
            ratio=f"{tries} shuffles",
        )
    ]
    for title, count in (
        ("loads differ by", spread),
        ("reciprocal pairs", reciprocal),
        ("wishes kept", wanted),
        ("wishes broken", unwanted),
    ):
        rows.append(
            Row(name=f"{name}: {title}", ours=count(question, ours), peer=count(question, peer), unit="", ratio="")
        )
    return rows  # fmt: skip


def shuffle(question: AssignmentQuestion) -> tuple[frozenset[Pair], int]:
    """Hand out a shuffled list in turn until nobody gets what a rule forbids; the last try counts where none does."""
    chance = random.Random(question.seed)
    pairs: frozenset[Pair] = frozenset()
    for tries in range(1, TRIES + 1):
        order = list(question.reviewers)
        chance.shuffle(order)
        projects = [project.project_id for project in question.projects]
        chance.shuffle(projects)
        found = set()
        fine = True
        place = 0
        for reviewer in order:
            for _ in range(question.each):
                for step in range(len(projects)):
                    project_id = projects[(place + step) % len(projects)]
                    pair = Pair(reviewer_id=reviewer.reviewer_id, project_id=project_id)
                    if pair not in found and refused_by(question, reviewer, project_id) is None:
                        found.add(pair)
                        break
                else:
                    fine = False
                place += 1
        pairs = frozenset(found)
        if fine and spread(question, pairs) <= 1:
            return pairs, tries
    return pairs, TRIES


def spread(question: AssignmentQuestion, pairs: frozenset[Pair]) -> int:
    """How far the projects' numbers of reviewers are apart."""
    loads = Counter({project.project_id: 0 for project in question.projects})
    loads.update(pair.project_id for pair in pairs)
    return max(loads.values()) - min(loads.values())


def reciprocal(question: AssignmentQuestion, pairs: frozenset[Pair]) -> int:
    """How many pairs have their opposite."""
    return len(reciprocal_pairs(question, pairs))


def wanted(question: AssignmentQuestion, pairs: frozenset[Pair]) -> int:
    """How many pairs their reviewers wanted."""
    return _wishes(question, pairs)[Wish.WANTS]


def unwanted(question: AssignmentQuestion, pairs: frozenset[Pair]) -> int:
    """How many pairs their reviewers would rather not have."""
    return _wishes(question, pairs)[Wish.RATHER_NOT]


def _wishes(question: AssignmentQuestion, pairs: frozenset[Pair]) -> Counter[Wish]:
    wishes = {reviewer.reviewer_id: reviewer.wishes for reviewer in question.reviewers}
    return Counter(wishes[pair.reviewer_id].get(pair.project_id, Wish.CAN) for pair in pairs)
