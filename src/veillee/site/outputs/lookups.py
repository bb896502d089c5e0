"""Lookups: environments of Jinja whose contexts note the names, and which note the templates, that a page asks for."""

from __future__ import annotations

from collections import ChainMap
from typing import Any

from jinja2 import Environment
from jinja2.runtime import Context
from jinja2.utils import missing

from veillee.site.outputs.tracking import TEMPLATE, current_reads


class TrackingContext(Context):
    """Jinja's context, which notes what is looked up in it."""

    def __init__(self, environment: Environment, parent: Any, name: Any, blocks: Any, globals: Any = None) -> None:  # noqa: A002
        if type(globals) is ChainMap:  # it makes a dictionary to say its names, and each include asks for them
            globals = set().union(*globals.maps)  # noqa: A001
        super().__init__(environment, parent, name, blocks, globals)

    def resolve_or_missing(self, key: str) -> Any:
        if key in self.vars:
            return self.vars[key]
        value, reads = self.parent.get(key, missing), current_reads()
        return value if reads is None else reads.name(key, value)


def track_templates(environment: Environment) -> None:
    """The environment notes names and templates from now on."""
    if environment.context_class is TrackingContext:
        return
    environment.context_class = TrackingContext
    get, select = environment.get_template, environment.select_template

    def get_template(name: Any, parent: str | None = None, globals: Any = None) -> Any:  # noqa: A002
        reads = current_reads()
        if reads is not None and isinstance(name, str):
            reads.add((TEMPLATE, environment.join_path(name, parent) if parent is not None else name))
        return get(name, parent, globals)

    def select_template(names: Any, parent: str | None = None, globals: Any = None) -> Any:  # noqa: A002
        names, reads = list(names), current_reads()
        if reads is not None:
            for name in names:
                if isinstance(name, str):
                    reads.add((TEMPLATE, environment.join_path(name, parent) if parent is not None else name))
        return select(names, parent, globals)

    environment.get_template = get_template  # type: ignore[method-assign]
    environment.select_template = select_template  # type: ignore[method-assign]
