"""Jobs: the pages and feeds that a build asks for, each with what is needed to render it later."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, Template

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
        return rendered(self.template, context or self.context.whole()).encode(self.encoding)


def rendered(template: Any, context: dict[str, Any]) -> str:
    """As `Template.render`, which copies names one by one: there are hundreds, and ten thousand pages."""
    names = template.globals
    if type(template) is not Template or template.environment.is_async or type(names) is not ChainMap:
        return str(template.render(context))
    whole: dict[str, Any] = {}
    for known in reversed(names.maps):
        whole.update(known)
    whole.update(context)
    try:
        return str(template.environment.concat(template.root_render_func(template.new_context(whole, shared=True))))
    except Exception:  # noqa: BLE001 what it raises has the lines of the template
        template.environment.handle_exception()


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
