"""Pictures and long texts of a version: those kept from a notebook's outputs, and picture files beside a text."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.errors import NotFound
from reviewhub.notebooks import is_kept_signed, kept_file_response
from reviewhub.notebooks.images import image_type
from reviewhub.projects.addresses import path_at
from reviewhub.projects.facts import project_facts
from reviewhub.projects.links import version_mark
from reviewhub.projects.pages import blueprint
from reviewhub.projects.pages.downloads import range_wanted
from reviewhub.projects.pages.files import open_here
from reviewhub.projects.reading import LATEST, NO_FILE, find_entry
from reviewhub.projects.showing import render_cache
from reviewhub.web import ground, needs, settings

LARGEST_PICTURE = 20 << 20


@blueprint.get("/c/<course>/projects/<key>/version-<int:version>/kept/<sha>")
@blueprint.get("/c/<course>/projects/<key>/latest/kept/<sha>", defaults={"version": LATEST})
@needs(Action.SEE_PROJECT, project_facts)
def show_kept(course: str, key: str, version: int, sha: str) -> ResponseReturnValue:
    """A picture, sound, video or text that a page of this version shows, for whoever may read the version."""
    mark = version_mark(open_here(course, key, version))
    if not is_kept_signed(sha, mark, request.args.get("right", ""), ground().secret.encode()):
        raise NotFound(NO_FILE)
    store = render_cache(settings().files.objects).content
    status, headers, body = kept_file_response(sha, store, wanted=range_wanted(f'"{sha}"'))
    return Response(body, status=status, headers=headers)


@blueprint.get("/c/<course>/projects/<key>/version-<int:version>/picture/<path:path>")
@blueprint.get("/c/<course>/projects/<key>/latest/picture/<path:path>", defaults={"version": LATEST})
@needs(Action.SEE_PROJECT, project_facts)
def show_picture(course: str, key: str, version: int, path: str) -> ResponseReturnValue:
    """A picture file of the version, sealed so that nothing in it can run."""
    opened = open_here(course, key, version)
    entry = find_entry(opened, path_at(path))
    content = opened.objects.blob(entry.oid, limit_bytes=LARGEST_PICTURE).content
    media_type = image_type(content[:8192]) if content else None
    if content is None or media_type is None:
        raise NotFound(NO_FILE)
    store = render_cache(settings().files.objects).content
    status, headers, body = kept_file_response(store.put(content, media_type).sha256, store)
    sealed = [(name, "private, no-cache" if name == "Cache-Control" else value) for name, value in headers]
    return Response(body, status=status, headers=sealed)
