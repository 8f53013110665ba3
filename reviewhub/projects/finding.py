"""Find the projects of a course in its mirror: every place that looks like one, with reasons and the likely group."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Role
from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course, Enrollment, Group, Membership
from reviewhub.github.histories import history
from reviewhub.github.objects import Entry, Listing, Objects
from reviewhub.projects.discovery import Candidate, FoundProject, describe, find_candidates, find_whole, make_unique
from reviewhub.projects.lookup import find_mirror, known_refs, living_projects, objects_of
from reviewhub.projects.members import Author, Guess, Person, guess_group, guess_members

TEXT_BYTES = 20_000
REFS_LIMIT = 300
COMMITS_LIMIT = 300
MODULES = ".gitmodules"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A found project as the staff see it: with guessed members, the likely group, and the key it has or would get."""

    found: FoundProject
    commit: str
    guesses: tuple[Guess, ...]
    group_id: str | None
    confirmed_key: str | None
    """The key of the project it already is; None while nobody has confirmed it."""

    @property
    def key(self) -> str:
        """The key it has, or would get."""
        return self.confirmed_key or self.found.key


def find_projects(session: Session, course: Course, *, mirrors: Path) -> list[Proposal]:
    """Every place in the mirror that looks like a project; confirmed ones are among them, marked."""
    refs = known_refs(session, course)
    mirror = find_mirror(session, course)
    objects = objects_of(mirrors, course)
    main = _main_branch(course.policy, refs, mirror.default_branch if mirror else None)
    people = people_of(session, course)
    living = living_projects(session, course, practice=True)
    confirmed = {(project.branch, project.folder): project.key for project in living}
    proposals: list[Proposal] = []
    for found in _found_on_refs(objects, course.policy, refs, main):
        place = (found.branch, found.folder)
        taken = [*confirmed.values(), *(other.key for other in proposals)]
        own = confirmed.get(place)
        named = found if own else replace(found, key=make_unique(found.key, taken))
        # Whose a confirmed project is was decided; only for the others the histories are worth reading.
        authors = authors_of(objects, refs[found.branch], found) if own is None else []
        guesses = guess_members(found.member_names, authors, people)
        proposals.append(
            Proposal(
                found=named,
                commit=refs[found.branch],
                guesses=guesses,
                group_id=guess_group(guesses),
                confirmed_key=own,
            )
        )
    return _each_group_once(proposals, {project.group_id for project in living})


def people_of(session: Session, course: Course) -> list[Person]:
    """The students of the course with the group they are in."""
    rows = session.execute(
        select(Enrollment, Membership.group_id)
        .outerjoin(Membership, (Membership.enrollment_id == Enrollment.id) & (Membership.left_at.is_(None)))
        .where(Enrollment.course_id == course.id, Enrollment.role == Role.STUDENT)
    )
    return [
        Person(enrollment_id=one.id, name=one.user.name, email=one.user.email, group_id=group_id)
        for one, group_id in rows
    ]


def groups_of(session: Session, course: Course) -> list[Group]:
    """The groups of a course, by name."""
    return list(session.scalars(select(Group).where(Group.course_id == course.id).order_by(Group.name)))


def authors_of(objects: Objects, commit: str, found: FoundProject) -> list[Author]:
    """Who wrote the commits of the place, the most active first."""
    if found.is_submodule:
        return []
    commits = history(objects, commit, found.folder, limit=COMMITS_LIMIT)
    counted = Counter((one.author_name, one.author_email) for one in commits)
    return [Author(name=name, email=email, commits=count) for (name, email), count in counted.most_common()]


def _each_group_once(proposals: list[Proposal], taken: set[str | None]) -> list[Proposal]:
    """Leave every group with the place that names most of its people; a group with a project is proposed no more."""

    def certainty(place: int) -> tuple[bool, int, int]:
        one = proposals[place]
        named = sum(guess.is_named for guess in one.guesses)
        return (one.confirmed_key is None, -named, -len(one.guesses))

    for place in sorted(range(len(proposals)), key=certainty):
        one = proposals[place]
        if one.confirmed_key is None and one.group_id in taken:
            proposals[place] = replace(one, group_id=None)
        taken.add(one.group_id)
    return proposals


def _main_branch(policy: Policy, refs: Mapping[str, str], default_branch: str | None) -> str | None:
    wanted = (f"refs/heads/{policy.repository.branch}", default_branch, "refs/heads/main", "refs/heads/master")
    return next((ref for ref in wanted if ref in refs), None)


def _found_on_refs(
    objects: Objects, policy: Policy, refs: Mapping[str, str], main: str | None
) -> Iterator[FoundProject]:
    """The candidates of the main branch, then those that only other branches and pull requests have."""
    seen: set[str] = set()
    read: set[str] = set()
    rules = policy.repository
    for ref in _in_order(refs, main)[:REFS_LIMIT]:
        if refs[ref] in read:
            continue
        read.add(refs[ref])
        for found in _found_at(objects.repository, refs[ref], ref, rules.layout, rules.folder.strip("/"), main):
            if not found.folder or found.folder not in seen:
                seen.add(found.folder)
                yield found


@lru_cache(maxsize=1024)
def _found_at(
    repository: Path, commit: str, ref: str, layout: str, below: str, main: str | None
) -> tuple[FoundProject, ...]:
    """Every candidate at one commit; remembered, because what a commit holds never changes."""
    objects = Objects(repository)
    listing = _listing(objects, commit)
    if listing is None:
        return ()
    found = []
    is_main = ref == main
    for candidate in _candidates(listing, layout, below, is_main=is_main):
        reasons = candidate.reasons if is_main else (*candidate.reasons, _only_there(ref))
        texts = _texts(objects, listing, candidate)
        found.append(describe(replace(candidate, reasons=reasons), branch=ref, texts=texts))
    return tuple(found)


def _in_order(refs: Mapping[str, str], main: str | None) -> list[str]:
    def place(ref: str) -> tuple[int, int, str]:
        kind = 0 if ref == main else 1 if ref.startswith("refs/heads/") else 2
        number = ref.split("/")[2]
        return (kind, int(number) if kind > 1 and number.isdecimal() else 0, ref)

    return sorted((ref for ref in refs if not ref.startswith("refs/tags/")), key=place)


def _candidates(listing: Listing, layout: str, below: str, *, is_main: bool) -> tuple[Candidate, ...]:
    whole = find_whole(listing.entries)
    if layout == "branch" and not is_main:
        return (whole,) if whole else ()
    folders = find_candidates(listing.entries, below=below)
    if whole is not None and not any(candidate.reads and len(candidate.reasons) > 1 for candidate in folders):
        return (whole,)
    return folders


def _only_there(ref: str) -> str:
    if ref.startswith("refs/pull/"):
        return f"it is in pull request {ref.split('/')[2]}, which is not merged"
    return f"it is on the branch {ref.removeprefix('refs/heads/')}"


def _listing(objects: Objects, commit: str) -> Listing | None:
    found = objects.commit(commit)
    return None if found is None else objects.listing(found.tree)


def _texts(objects: Objects, listing: Listing, candidate: Candidate) -> dict[str, str]:
    wanted = {*candidate.reads, MODULES}
    return {
        entry.path: _text(objects, entry) for entry in listing.entries if entry.path in wanted and not entry.missing
    }


def _text(objects: Objects, entry: Entry) -> str:
    content = objects.blob(entry.oid, limit_bytes=TEXT_BYTES).content
    return "" if content is None else content.decode("utf-8", "replace").removeprefix("\ufeff")
