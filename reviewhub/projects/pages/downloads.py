"""Downloads from a version: the bytes of one file, or the whole version as an archive. Nothing in them can run here."""

from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import quote

from flask import Response, request, stream_with_context
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.errors import NotFound
from reviewhub.github.archives import safe_part, zip_pieces
from reviewhub.github.objects import Kind
from reviewhub.notebooks import Part, part_wanted
from reviewhub.projects.addresses import path_at, shown
from reviewhub.projects.facts import project_facts
from reviewhub.projects.masked_objects import MaskedObjects
from reviewhub.projects.pages import blueprint
from reviewhub.projects.pages.files import open_here
from reviewhub.projects.reading import LATEST, NO_FILE, find_entry
from reviewhub.web import needs

LARGEST_RAW = 512 << 20
SEALED = "sandbox; default-src 'none'"


@blueprint.get("/c/<course>/projects/<key>/version-<int:version>/raw/<path:path>")
@blueprint.get("/c/<course>/projects/<key>/latest/raw/<path:path>", defaults={"version": LATEST})
@needs(Action.SEE_PROJECT, project_facts)
def download_file(course: str, key: str, version: int, path: str) -> ResponseReturnValue:
    """The bytes of one file, or the part that a broken-off download still needs, always as a download."""
    opened = open_here(course, key, version)
    entry = find_entry(opened, path_at(path))
    if entry.kind not in {Kind.FILE, Kind.LINK} or entry.missing or entry.size is None or entry.size > LARGEST_RAW:
        raise NotFound(NO_FILE)
    etag, size, pieces = f'"{entry.oid}"', entry.size, opened.objects.pieces(entry.oid)
    if isinstance(opened.objects, MaskedObjects) and (content := opened.objects.whole(entry.oid)) is not None:
        # Not the mask's digest: whoever guesses names could try them against it.
        etag, size, pieces = f'"{sha256(content).hexdigest()[:40]}"', len(content), iter([content])
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Disposition": attachment(entry.name),
        "Content-Security-Policy": SEALED,
        "ETag": etag,
    }
    part = part_wanted(range_wanted(etag), size)
    if part is None:
        return Response(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    headers["Content-Length"] = str(part.length)
    if not part.is_whole:
        headers["Content-Range"] = part.content_range
    status = 200 if part.is_whole else 206
    answer = Response(_only(pieces, part), status=status, mimetype="application/octet-stream", headers=headers)
    return answer.make_conditional(request) if part.is_whole else answer


@blueprint.get("/c/<course>/projects/<key>/version-<int:version>/archive.zip")
@blueprint.get("/c/<course>/projects/<key>/latest/archive.zip", defaults={"version": LATEST})
@needs(Action.SEE_PROJECT, project_facts)
def download_archive(course: str, key: str, version: int) -> ResponseReturnValue:
    """The whole version as a zip, made while it is sent."""
    opened = open_here(course, key, version)
    pieces = zip_pieces(opened.objects, opened.listing(), top=opened.name, at=opened.snapshot.due_at)
    headers = {"Content-Disposition": attachment(f"{opened.name}.zip"), "Content-Security-Policy": SEALED}
    return Response(stream_with_context(pieces), mimetype="application/zip", headers=headers)


def range_wanted(etag: str) -> str:
    """The request's Range, unless it was meant for another state of the file than the one with this ETag."""
    condition = request.headers.get("If-Range", etag)
    return request.headers.get("Range", "") if condition == etag else ""


def attachment(name: str) -> str:
    """The header of a download: a plain name for old browsers, the whole one for the others."""
    safe = safe_part(shown(name))
    plain = "".join(sign if sign.isascii() and sign.isprintable() and sign not in '"\\' else "_" for sign in safe)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe)}"


def _only(pieces: Iterator[bytes], part: Part) -> Iterator[bytes]:
    """The bytes of one part of a file that comes in pieces."""
    at = 0
    for piece in pieces:
        if wanted := piece[max(0, part.start - at) : max(0, part.stop - at)]:
            yield wanted
        at += len(piece)
        if at >= part.stop:
            return
