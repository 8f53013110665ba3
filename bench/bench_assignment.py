"""Assigning reviewers: ours beside the proven optimum of HiGHS, and beside shuffling the list.

HiGHS (it comes inside OR-tools) solves the whole integer programme, no reciprocal pair allowed, where that is possible
in seconds; above, the floor is the exact transport problem that ignores reciprocity. Shuffling and handing out the next
k, tried up to a thousand times, is what spreadsheets and most course platforms do. All get the same invented courses:
groups of two or three, every seventh person with a declared conflict, every person wanting two projects and rather not
one.
"""

import random
import time
from collections import Counter, defaultdict
from pathlib import Path

from ortools.linear_solver.python import model_builder

from bench.rows import Row
from reviewhub.reviews.arcs import Grid
from reviewhub.reviews.assignment import (
    AssignmentQuestion,
    Pair,
    ReviewedProject,
    Reviewer,
    Wish,
    reciprocal_pairs,
    refused_by,
)
from reviewhub.reviews.flow import solve_transport
from reviewhub.reviews.orienting import ways_of
from reviewhub.reviews.planning import plan_assignment
from reviewhub.reviews.solving import CANDIDATES

LIMITS = {
    (40, 3): "asked 500 ms",
    (240, 3): "asked below the 1,300 ms it took",
    (1000, 3): "asked 2,000 ms",
    (1200, 3): "asked below the 15,000 ms it took",
    (10000, 2): "asked 6,000 ms",
}
COURSES = ((40, 16, 3), (240, 100, 3), (1000, 400, 3), (1200, 480, 3), (10000, 4000, 2))
TIED = ((4, 2), (6, 3), (10, 5), (5, 4))
SHUFFLED = ((24, 12, 2), (60, 24, 3))
LARGEST_FOR_HIGHS = 30_000
LARGEST_WHOLE = 1_000_000
ROUNDS = 3
TRIES = 1000


def run(_corpus: Path | None) -> list[Row]:
    """Measure courses of every size asked, courses that are too small, and shuffling beside two of them."""
    return [
        *(row for course in COURSES for row in measure(*course)),
        *(tied(*course) for course in TIED),
        *(row for course in SHUFFLED for row in beside_shuffling(make_question(*course))),
    ]


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


def measure(people: int, projects: int, each: int) -> list[Row]:
    """One course: our time, cost, loads and reciprocal pairs, with HiGHS beside it where that is solvable."""
    question = make_question(people, projects, each)
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        plan = plan_assignment(question)
        seconds.append(time.perf_counter() - began)
    told = plan.statistics
    name = f"{people:,} people x {each}, {projects:,} projects"
    peer = ask_highs(question) if people * projects <= LARGEST_FOR_HIGHS else None
    floor = cheapest_without_reciprocity(question)
    return [
        Row(name=f"{name}: time", ours=min(seconds) * 1000, peer=peer and peer[1] * 1000, unit="ms",
            ratio=LIMITS[people, each] + (f"; HiGHS takes x{peer[1] / min(seconds):.1f}" if peer else "")),
        Row(name=f"{name}: mean cost (HiGHS optimum)" if peer else f"{name}: mean cost (floor, reciprocity ignored)",
            ours=told.mean_cost, peer=peer[0] if peer else floor, unit="",
            ratio=f"x{told.mean_cost / (peer[0] if peer else floor):.4f}, asked at most x1.03"),
        Row(name=f"{name}: loads differ by", ours=told.most_per_project - told.fewest_per_project, unit="",
            ratio="asked at most 1"),
        Row(name=f"{name}: reciprocal pairs of projects", ours=told.reciprocal, unit="", ratio="asked 0"),
    ]  # fmt: skip


def tied(groups: int, each: int) -> Row:
    """A course too small for no reciprocal pair: the fewest, proven."""
    question = AssignmentQuestion(
        reviewers=tuple(
            Reviewer(reviewer_id=f"r{number:03}", name=f"Person {number}", own=frozenset({f"p{number % groups:03}"}))
            for number in range(3 * groups)
        ),
        projects=tuple(ReviewedProject(project_id=f"p{one:03}", key=f"p{one:03}") for one in range(groups)),
        each=each,
        seed=7,
    )
    began = time.perf_counter()
    told = plan_assignment(question).statistics
    milliseconds = (time.perf_counter() - began) * 1000
    return Row(
        name=f"{groups} projects x {each}: reciprocal pairs (least by counting)",
        ours=told.reciprocal,
        peer=max(0, groups * each - groups * (groups - 1) // 2),
        unit="",
        ratio=f"{'proven' if told.reciprocal_is_least else 'not proven'}, {milliseconds:.0f} ms",
    )


def ask_highs(question: AssignmentQuestion) -> tuple[float, float]:
    """The optimum of the integer programme with no reciprocal pair: mean cost, and seconds HiGHS took."""
    grid = Grid(question)
    arcs, width = grid.arcs(), len(grid.projects)
    model = model_builder.Model()  # type: ignore[no-untyped-call]
    picks = [model.new_bool_var("") for _ in range(len(arcs.rows))]
    by_row, by_column = defaultdict(list), defaultdict(list)
    for pick, row, column in zip(picks, arcs.rows.tolist(), arcs.columns.tolist(), strict=True):
        by_row[row].append(pick)
        by_column[column].append(pick)
    for mine in by_row.values():
        model.add(model_builder.LinearExpr.sum(mine) == question.each)
    fewest, extra = divmod(len(by_row) * question.each, width)
    for given in by_column.values():
        model.add(model_builder.LinearExpr.sum(given) >= fewest)
        model.add(model_builder.LinearExpr.sum(given) <= fewest + (1 if extra else 0))
    ways = ways_of(grid, arcs.rows, arcs.columns)
    used = {code: model.new_bool_var("") for code in sorted(set(ways.codes.tolist()))}
    for index, code in zip(ways.index.tolist(), ways.codes.tolist(), strict=True):
        model.add(picks[index] <= used[code])
    for code, way in used.items():
        start, end = divmod(code, width)
        if start < end and end * width + start in used:
            model.add(way + used[end * width + start] <= 1)
    model.minimize(model_builder.LinearExpr.weighted_sum(picks, arcs.costs.tolist()))
    solver = model_builder.Solver("HIGHS")
    began = time.perf_counter()
    if solver.solve(model) != model_builder.SolveStatus.OPTIMAL:
        msg = "HiGHS found no optimum"
        raise RuntimeError(msg)
    return solver.objective_value / 100 / (len(by_row) * question.each), time.perf_counter() - began


def cheapest_without_reciprocity(question: AssignmentQuestion) -> float:
    """The mean cost no plan can go below: the exact transport problem over all pairs."""
    grid = Grid(question)
    arcs = grid.arcs(most=None if len(grid.reviewers) * len(grid.projects) <= LARGEST_WHOLE else CANDIDATES)
    chosen = solve_transport(grid, arcs)
    if chosen is None:
        msg = "the invented course has no plan"
        raise RuntimeError(msg)
    return float(arcs.costs[chosen].mean()) / 100


def beside_shuffling(question: AssignmentQuestion) -> list[Row]:
    """Ours and shuffling on one course."""
    began = time.perf_counter()
    plan = plan_assignment(question)
    ours_seconds = time.perf_counter() - began
    ours = frozenset(Pair(reviewer_id=pair.reviewer_id, project_id=pair.project_id) for pair in plan.pairs)
    began = time.perf_counter()
    peer, tries = shuffle(question)
    peer_seconds = time.perf_counter() - began
    name = f"{len(question.reviewers)} people, {len(question.projects)} projects, {question.each} each, shuffled"
    rows = [
        Row(name=f"{name}: time", ours=ours_seconds * 1000, peer=peer_seconds * 1000, unit="ms",
            ratio=f"{tries} shuffles")
    ]  # fmt: skip
    for title, count in (
        ("loads differ by", spread),
        ("pairs whose developers review back", reciprocal),
        ("wishes kept", wanted),
        ("wishes broken", unwanted),
    ):
        rows.append(
            Row(name=f"{name}: {title}", ours=count(question, ours), peer=count(question, peer), unit="", ratio="")
        )
    return rows


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
