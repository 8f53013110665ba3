"""What the forms of the desk need so that nothing typed is lost: whose words, what they stood on, what was begun."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reviewhub.errors import BadInput, NotFound
from reviewhub.projects.reading import OpenVersion
from reviewhub.reviews.desk import Desk, DeskFinding
from reviewhub.reviews.draft_parts import CELL_SIGN, texts_of, title_of
from reviewhub.reviews.draft_tables import UnfiledFinding
from reviewhub.reviews.drafting import WORDS
from reviewhub.reviews.pages.finding_form import FindingForm
from reviewhub.reviews.pinning import pin
from reviewhub.reviews.places import Anchor, read_place
from reviewhub.reviews.pointing import read_places, written_place
from reviewhub.reviews.unfiled import slot_of

_CELL = re.compile(r"-\d+-\d+$")
"""What the field of a table's cell has after the name of the table's part."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeping:
    """`writer` is the signed-in person's id; `begun` are their findings that are typed and not filed."""

    writer: str
    begun: Sequence[UnfiledFinding]

    def draft_was(self, desk: Desk) -> str:
        """The parts of form and summary as they are now: the page says them again when it saves."""
        return json.dumps(texts_of(desk.items, dict(desk.form), desk.summary), ensure_ascii=False)

    def unsaved(self, desk: Desk, typed: Mapping[str, str]) -> list[tuple[str, str]]:
        """What was typed into form and summary and came too late: each part's title, and the words that are new."""
        now = texts_of(desk.items, dict(desk.form), desk.summary)
        parts: dict[str, list[str]] = {}
        for name, text in typed.items():
            if text.strip():
                parts.setdefault(_CELL.sub("", name), []).append(text.strip())
        whole = {part: CELL_SIGN.join(texts) for part, texts in parts.items() if part in now}
        return [(title_of(desk.items, part), text) for part, text in whole.items() if text != now[part]]

    def finding_was(self, one: DeskFinding) -> str:
        """The words of a finding as they are now, or as they were when the change of it that is going on began."""
        row = self._row(one.finding.finding_id)
        now = {name: getattr(one.finding, name) for name in WORDS}
        return json.dumps(row.was if row and row.was else now, ensure_ascii=False)

    def words_in(self, anchor: Anchor | None, editing: DeskFinding | None) -> dict[str, str]:
        """What was typed into this form before and not filed; nothing where there is none."""
        row = self._in_form(anchor, editing)
        return {name: getattr(row, name) for name in WORDS} if row else {}

    def begun_at(self, anchor: Anchor | None, editing: DeskFinding | None) -> datetime | None:
        """When that was kept last."""
        row = self._in_form(anchor, editing)
        return row.saved_at if row else None

    def places_in(self, form: FindingForm) -> list[str]:
        """The places that the form had then, besides the one it stands at."""
        row = self._in_form(form.anchors[0] if form.anchors else None, form.editing)
        return row.places if row else []

    def _in_form(self, anchor: Anchor | None, editing: DeskFinding | None) -> UnfiledFinding | None:
        new = slot_of(anchor.place.path, anchor.place.token) if anchor else ""
        return self._row(editing.finding.finding_id if editing else new)

    def _row(self, slot: str) -> UnfiledFinding | None:
        return next((one for one in self.begun if one.slot == slot), None)


def with_kept_places(form: FindingForm, keeping: Keeping, version: OpenVersion) -> FindingForm:
    """The form with the places it had when it was left; what is no place of this version any more is left out."""
    wanted = keeping.places_in(form)
    if not wanted:
        return form
    anchors = () if form.editing else form.anchors[:1]
    known = {written_place(one.place): one for one in form.anchors}
    for field in wanted:
        try:
            anchors += (known.get(field) or pin(version, read_places([field])[0]),)
        except (BadInput, NotFound):
            continue
    return replace(form, anchors=anchors or form.anchors)


def words_of_place(row: UnfiledFinding) -> str:
    """Where a begun finding is, as people say it."""
    return read_place(row.place, row.path).words if row.place else "a change"
