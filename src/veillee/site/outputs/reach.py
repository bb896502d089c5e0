"""Reach: the templates that templates name in their text.

Jinja keeps an imported template for all pages: only the first one that imports it is seen loading what it loads.
"""

from __future__ import annotations

from collections.abc import Iterable

from jinja2 import Environment
from jinja2.exceptions import TemplateError
from jinja2.meta import find_referenced_templates


class Reach:
    """Of the templates of one build; each is looked into once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], tuple[str, ...]] = {}

    def of(self, environment: Environment, names: Iterable[str]) -> set[str]:
        """These templates, and all that they name, directly or not."""
        found = set(names)
        waiting = list(found)
        while waiting:
            for name in self._named_by(environment, waiting.pop()):
                if name not in found:
                    found.add(name)
                    waiting.append(name)
        return found

    def _named_by(self, environment: Environment, name: str) -> tuple[str, ...]:
        key = id(environment), name
        if key not in self._known:
            self._known[key] = _named_in(environment, name)
        return self._known[key]


def _named_in(environment: Environment, name: str) -> tuple[str, ...]:
    try:
        source, _, _ = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
        named = find_referenced_templates(environment.parse(source))
        return tuple(one for one in named if one is not None)
    except TemplateError:
        return ()
