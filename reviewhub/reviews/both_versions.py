"""Both versions open beside each other: the places of a finding or mistake in them, with the addresses around them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from reviewhub.accounts.rights import Action, Facts, allows
from reviewhub.courses.tables import Course
from reviewhub.github.objects import Entry, Kind, Objects
from reviewhub.notebooks import NotebookRefused, RenderedNotebook
from reviewhub.notebooks.choice import Choice, FoldLinks
from reviewhub.projects.addresses import address_of
from reviewhub.projects.comparing import Comparison
from reviewhub.projects.facts import names_are_hidden
from reviewhub.projects.links import VersionLinks
from reviewhub.projects.preparing import NotebookSource, Workshop, notebook_or_wait
from reviewhub.projects.reading import OpenVersion
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.anchors import Carried
from reviewhub.reviews.contents import content_at
from reviewhub.reviews.followed import CarriedAnchor, Followed
from reviewhub.reviews.guesses import Guess, guess_places
from reviewhub.reviews.lookup import current_snapshot
from reviewhub.reviews.places import Place
from reviewhub.reviews.side_by_side import Beside, show_beside
from reviewhub.web.context import LinkGround

FIRST_SHOWN = 3
"""Findings whose places stand in the page at once; those of the others come when they are in sight."""


class _CompareLinks(FoldLinks):
    """Leads to the page that compares the file, and to the parts of it that are folded here."""

    def __init__(self, address: str) -> None:
        self._address = address

    def page(self, token: str) -> str:
        """The whole comparison with this open."""
        return self._to([("open", token)])

    def part(self, fold: str, token: str = "") -> str:
        """What stands in the place of a fold."""
        return self._to([("part", fold), *([("open", token)] if token else [])])

    def whole(self) -> str:
        """The whole comparison."""
        return self._to([])

    def _to(self, pairs: list[tuple[str, str]]) -> str:
        return f"{self._address}?{urlencode(pairs)}" if pairs else self._address


@dataclass(frozen=True, kw_only=True)
class ShownPlace:
    """One place of a finding in both versions, as the page shows it; `guesses` are other places it may be at."""

    position: int
    carried: CarriedAnchor
    beside: Beside
    choice: Choice
    pictures: tuple[str, str] = ("", "")
    guesses: tuple[Guess, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BothVersions:
    """Version 1 and version 2 of a project, open for this reader."""

    comparison: Comparison
    snapshots: Mapping[str, Snapshot]
    links: LinkGround
    workshop: Workshop

    def places(self, one: Followed, *, guesses: bool) -> list[ShownPlace]:
        """Every place of a finding that was followed; with `guesses`, where else it may be."""
        return [
            self._place(one, position, place, place.carried, guesses=guesses)
            for position, place in enumerate(one.places)
            if place.carried is not None and place.anchor.place.path
        ]

    def _place(
        self, one: Followed, position: int, place: CarriedAnchor, carried: Carried, *, guesses: bool
    ) -> ShownPlace:
        comparison = self._from(place.anchor.snapshot_id)
        then = place.anchor.place
        there = carried.place or carried.near
        names = {"course": comparison.new.course.slug, "key": comparison.new.project.key}
        address = self.links["make_url"]("projects.show_difference", path=there.path if there else then.path, **names)
        links = _CompareLinks(address)
        beside = show_beside(
            comparison,
            then,
            carried,
            render=self._render,
            mark=f"{one.answered.finding.finding_id}-{position}",
            links=links,
        )
        return ShownPlace(
            position=position,
            carried=place,
            beside=beside,
            choice=Choice(links=links),
            pictures=self._pictures(comparison, beside),
            guesses=tuple(_guesses(comparison, then, carried.place, there)) if guesses else (),
        )

    def _from(self, snapshot_id: str) -> Comparison:
        """The comparison with the snapshot an anchor was dropped in, which staff may have replaced since."""
        snapshot = self.snapshots.get(snapshot_id)
        if snapshot is None or self.comparison.old.snapshot is snapshot:
            return self.comparison
        return replace(self.comparison, old=replace(self.comparison.old, snapshot=snapshot))

    def _render(self, version: OpenVersion, entry: Entry) -> RenderedNotebook | None:
        """The rendered notebook; None where the worker is still at it, or where there is nothing to show."""
        source = NotebookSource(
            project_id=version.project.id,
            blob_id=version.kept_id(entry.oid),
            size=entry.size or 0,
            read=lambda: version.objects.blob(entry.oid, limit_bytes=entry.size or 0).content or b"",
        )
        try:
            found = notebook_or_wait(self.workshop, source, link=VersionLinks(version, entry.path, **self.links))
        except NotebookRefused:
            return None
        return found if isinstance(found, RenderedNotebook) else None

    def _pictures(self, comparison: Comparison, beside: Beside) -> tuple[str, str]:
        if beside.pictures is None:
            return "", ""
        old, new = beside.pictures
        return self._picture(comparison.old, old), self._picture(comparison.new, new)

    def _picture(self, version: OpenVersion, entry: Entry | None) -> str:
        if entry is None or entry.kind is not Kind.FILE or entry.missing:
            return ""
        names = {"course": version.course.slug, "key": version.project.key, "version": version.snapshot.version}
        return self.links["make_url"]("projects.show_picture", path=address_of(entry.path), **names)


def open_both(
    course: Course,
    project: Project,
    snapshots: Iterable[Snapshot],
    facts: Facts,
    objects: Objects,
    *,
    links: LinkGround,
    workshop: Workshop,
) -> BothVersions | None:
    """Both versions for a reader who may read them; None where there is no version 2, or it is not theirs to read.

    `objects` must be masked where names are hidden from this reader.
    """
    known = list(snapshots)
    version_1, version_2 = (current_snapshot(known, project.id, version) for version in (1, 2))
    may_read = allows(Action.READ_VERSION_2, facts)
    if version_1 is None or version_2 is None or not may_read:
        return None
    hides = names_are_hidden(course, facts)
    old, new = (
        OpenVersion(course=course, project=project, snapshot=snapshot, objects=objects, hides_names=hides)
        for snapshot in (version_1, version_2)
    )
    comparison = Comparison(old=old, new=new, differences=(), unchanged=0, is_cut=False)
    return BothVersions(comparison=comparison, snapshots={one.id: one for one in known}, links=links, workshop=workshop)


def shown_places(
    both: BothVersions | None, findings: Iterable[Followed], *, opened: str, guesses: bool
) -> dict[str, list[ShownPlace]]:
    """Finding id → its places in full: of the first findings, and of the one that is asked for."""
    if both is None:
        return {}
    wanted = [
        one for number, one in enumerate(findings) if number < FIRST_SHOWN or one.answered.finding.finding_id == opened
    ]
    return {one.answered.finding.finding_id: both.places(one, guesses=guesses) for one in wanted}


def _guesses(comparison: Comparison, then: Place, found: Place | None, there: Place | None) -> list[Guess]:
    path = there.path if there else then.path
    old = content_at(comparison.objects, comparison.old.snapshot.tree, then.path)
    new = content_at(comparison.objects, comparison.new.snapshot.tree, path)
    return guess_places(then, old, new, path=path, found=found)


def paths_of(both: BothVersions) -> list[str]:
    """The addresses of the files of version 2, for whoever points at one."""
    return [address_of(entry.path) for entry in both.comparison.new.listing().entries]
