"""What the notebook tests share: a store in memory, and a page whose addresses can be read off."""

from collections.abc import Callable

import pytest

from reviewhub.notebooks import ContentRef, ContentStore, LinkMaker, RenderCache, RenderedNotebook, render_notebook


class Links(LinkMaker):
    """Addresses one can recognise; `missing.png` and `missing.md` are not in the tree."""

    def content(self, ref: ContentRef) -> str:
        return f"/kept/{ref.sha256}"

    def run(self, ref: ContentRef) -> str:
        return f"http://localhost:8001/{ref.sha256}?right=1"

    def file(self, path: str) -> str | None:
        return None if "missing" in path else f"/files/{path}"


@pytest.fixture
def store() -> ContentStore:
    return ContentStore.at("memory://")


@pytest.fixture
def cache(store: ContentStore) -> RenderCache:
    return RenderCache(store)


@pytest.fixture
def links() -> Links:
    return Links()


@pytest.fixture
def show(cache: RenderCache, links: Links) -> Callable[[bytes], RenderedNotebook]:
    """Renders one notebook the first time it is seen."""
    return lambda raw: render_notebook(raw, cache=cache, blob_id=f"{hash(raw):x}", link=links)
