"""Jobs: the pages and feeds that a build asks for, each with what is needed to render it later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment

from veillee.site.outputs.contexts import PageContext


@dataclass(slots=True, eq=False)
class PageJob:
    """A page: a template and its context.

    `local` are the names that it does not share with all other pages; `site_url` is what contents take for the site's
    address meanwhile.
    """

    path: str
    encoding: str
    template: Any
    context: PageContext = field(repr=False)
    shared: dict[str, Any] = field(repr=False)
    local: frozenset[str] = frozenset()
    site_url: str = ""

    @property
    def environment(self) -> Environment:
        found: Environment = self.template.environment
        return found

    def render(self, context: dict[str, Any] | None = None) -> bytes:
        """The page as bytes, made with its `context`, where that is known as a whole already."""
        self.shared["localsiteurl"] = self.site_url
        return str(self.template.render(context or self.context.whole())).encode(self.encoding)


@dataclass(slots=True, eq=False)
class FeedJob:
    """A feed, or another file that no template makes: the same for the same `source`."""

    path: str
    source: object = field(repr=False)
    make: Callable[[], bytes] = field(repr=False)
    shared: dict[str, Any] = field(repr=False)
    site_url: str = ""

    def render(self) -> bytes:
        self.shared["localsiteurl"] = self.site_url
        return self.make()


Job = PageJob | FeedJob
