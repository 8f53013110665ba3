"""The desk of a reviewer who is not to learn the developers: findings are kept as files are, shown without names."""

from dataclasses import replace

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Facts
from reviewhub.projects.addresses import address_of, path_at
from reviewhub.projects.facts import names_are_hidden
from reviewhub.projects.known_names import masked
from reviewhub.projects.masked_objects import MaskedObjects
from reviewhub.projects.reading import OpenVersion
from reviewhub.reviews.desk import Desk
from reviewhub.reviews.hidden_places import hide_in_finding
from reviewhub.reviews.lookup import ReviewRows
from reviewhub.reviews.pages.files import objects_in


def without_names(desk: Desk, version: OpenVersion | None) -> Desk:
    """The desk with the places and quotations of its findings as this reader may see them."""
    if version is None or not isinstance(version.objects, MaskedObjects):
        return desk
    mask = version.objects.mask
    return replace(
        desk, findings=tuple(replace(one, finding=hide_in_finding(one.finding, mask)) for one in desk.findings)
    )


def real_path(session: Session, rows: ReviewRows, facts: Facts, path: str) -> str:
    """The address in version 1 that the address shown to this reader stands for."""
    if not path or rows.snapshot is None or not names_are_hidden(rows.course, facts):
        return path
    objects = masked(session, rows.course, rows.project, objects_in(rows.course, [rows.snapshot]))
    return address_of(objects.real_path(rows.snapshot.tree, path_at(path)))
