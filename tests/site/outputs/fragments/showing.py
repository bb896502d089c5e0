"""Pages of a made-up theme, rendered with their fragments kept and by Jinja alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from jinja2 import DictLoader, Environment
from pelican.contents import Article
from pelican.settings import DEFAULT_CONFIG
from pelican.urlwrappers import Author, Category, Tag
from pelican.utils import SafeDatetime

from veillee.site.outputs.fragments.compiling import keep_fragments
from veillee.site.outputs.fragments.keeping import Fragments
from veillee.site.outputs.fragments.lasting import Lasting
from veillee.site.outputs.hops import follow_hops
from veillee.site.outputs.lookups import track_templates
from veillee.site.outputs.tracking import Fact, tracked, tracked_bodies


class Shown:
    """A theme, of which pages are rendered one after the other."""

    def __init__(self, templates: Mapping[str, str], **options: Any) -> None:
        options = {"loader": DictLoader(templates), **options}
        self._plain, self._keeping = (Environment(**options) for _ in range(2))
        self.fragments: Fragments = keep_fragments(self._keeping)
        for one in (self._plain, self._keeping):
            track_templates(one)
            follow_hops(one)

    @property
    def environments(self) -> tuple[Environment, Environment]:
        return self._plain, self._keeping

    def as_ever(self, name: str = "page", **context: Any) -> tuple[str, frozenset[Fact]]:
        return _rendered(self._plain, name, context)

    def now(self, name: str = "page", *, site_url: str = "", **context: Any) -> tuple[str, frozenset[Fact]]:
        self.fragments.begin(site_url)
        return _rendered(self._keeping, name, context)

    def check(self, name: str = "page", **context: Any) -> str:
        """What a page shows, now that the same was rendered before; facts and text are what they are without that."""
        expected = self.as_ever(name, **context)
        assert self.now(name, **context) == expected
        assert self.now(name, **context) == expected
        return expected[0]


def _rendered(environment: Environment, name: str, context: Mapping[str, Any]) -> tuple[str, frozenset[Fact]]:
    with tracked(context) as reads:
        text = environment.get_template(name).render(context)
    return text, reads.facts()


@contextmanager
def keeping(shown: Shown, lasting: Lasting | None = None, said: Any = int) -> Iterator[None]:
    with tracked_bodies(), shown.fragments.kept(lasting, said):
        yield


def article(number: int, **more: Any) -> Article:
    settings = {**DEFAULT_CONFIG, "PATH": "content"}
    metadata = {
        "title": f"Post {number}",
        "date": SafeDatetime(2026, 11, number, 10, 0),
        "category": Category("news", settings),
        "tags": [Tag("sql", settings), Tag("maps", settings)],
        "authors": [Author("Ada", settings)],
        "summary": f"<p>About {number}.</p>",
        **more,
    }
    context = {"localsiteurl": "", "generated_content": {}, "static_content": {}}
    return Article(f"<p>Text {number}.</p>", metadata, settings, f"content/post-{number}.md", context)
