"""Reach: the templates that templates name in their text.

Jinja keeps an imported template for all pages: only the first one that imports it is seen loading what it loads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateError
from jinja2.meta import find_referenced_templates

from veillee.site.outputs.bytecode import Named, TemplateCode


@dataclass(frozen=True, slots=True)
class _Named:
    """The templates that one names in its text, and whether each is imported; `is_worked_out`: there may be others."""

    names: Mapping[str, bool]
    is_worked_out: bool = False


class Reach:
    """Of the templates of one build; each is looked into once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], _Named] = {}

    def of(self, environment: Environment, names: Iterable[str]) -> tuple[set[str], bool]:
        """These templates, and all that they name, directly or not.

        And whether that is all: what an imported template loads by a name that it works out, no page is seen loading.
        """
        found: dict[str, bool] = {}  # whether it is imported, or loaded by one that is
        waiting = [(name, False) for name in names]
        is_all = True
        while waiting:
            name, is_kept = waiting.pop()
            if found.get(name) in (True, is_kept):
                continue
            found[name] = is_kept
            named = self._named_by(environment, name)
            is_all = is_all and not (named.is_worked_out and is_kept)
            waiting += [(one, is_kept or is_import) for one, is_import in named.names.items()]
        return set(found), is_all

    def _named_by(self, environment: Environment, name: str) -> _Named:
        key = id(environment), name
        if key not in self._known:
            self._known[key] = _named_in(environment, name)
        return self._known[key]


def _named_in(environment: Environment, name: str) -> _Named:
    try:
        source, _, _ = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
        known = environment.bytecode_cache
        if not isinstance(known, TemplateCode):
            known = _passing.setdefault(environment, TemplateCode(None))
        names, is_worked_out = known.named_by(environment, source, lambda: _named_by_source(environment.parse(source)))
        return _Named(dict(names), is_worked_out)
    except TemplateError:
        return _Named({})


def _named_by_source(tree: nodes.Template) -> Named:
    named = set(find_referenced_templates(tree))
    imports: tuple[Any, ...] = (*tree.find_all(nodes.Import), *tree.find_all(nodes.FromImport))
    imported = {one.template.value for one in imports if isinstance(one.template, nodes.Const)}
    return tuple(sorted((one, one in imported) for one in named if one is not None)), None in named


_passing: WeakKeyDictionary[Environment, TemplateCode] = WeakKeyDictionary()
"""For environments whose templates are kept otherwise; a preview renders with one again and again."""
