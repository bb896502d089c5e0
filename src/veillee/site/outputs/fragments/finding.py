"""Finding: a template -> the bodies of its loops that hang on a few names and nothing else.

Such a part does nothing but show what these names stand for, so that equal names make equal text.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import TemplateError
from jinja2.filters import FILTERS
from jinja2.tests import TESTS
from pelican.generators import DateFormatter

_PARTS = (
    *(nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Include, nodes.Assign, nodes.With),
    *(nodes.Name, nodes.Const, nodes.Tuple, nodes.List, nodes.Dict, nodes.Pair, nodes.Keyword, nodes.Slice),
    *(nodes.Getattr, nodes.Getitem, nodes.Call, nodes.Filter, nodes.Test, nodes.CondExpr, nodes.Concat),
    *(nodes.Compare, nodes.Operand, nodes.BinExpr, nodes.UnaryExpr),
)
"""Of which a fragment is made: they only look."""
_OF_A_PLACE = frozenset({"loop", "self", "super", "caller", "varargs", "kwargs"})
_BY_NAME = frozenset({"map", "select", "reject", "selectattr", "rejectattr"})
"""Filters that call another one, or a test, that they are given the name of."""
_CHANCE = "random"
_HEAVY = 4
"""From so many looks on, a fragment is worth it."""


def mark_fragments(tree: nodes.Template, environment: Environment) -> None:
    """Puts each fragment of a template into a scope of its own, which knows its `names`."""
    finder = _Finder(environment)
    environment.looked_into = finder.looked  # type: ignore[attr-defined]
    for place, loop in enumerate(finder.loops_in(tree)):
        names = finder.names_of(loop.body)
        if names is not None:
            scope = nodes.Scope(loop.body, lineno=loop.lineno)
            scope.fragment = place, names  # type: ignore[attr-defined]
            loop.body = [scope]


def looked_into(environment: Environment) -> dict[str, str | None]:
    """The other templates that were looked into for the one that was compiled last, with digests of their texts."""
    return dict(getattr(environment, "looked_into", {}))


def digest_of_template(environment: Environment, name: str) -> str | None:
    """Of its text; None where there is none."""
    try:
        source = environment.loader.get_source(environment, name)[0]  # type: ignore[union-attr]
    except TemplateError:
        return None
    return blake2b(source.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class _Finder:
    """Looks through the templates of an environment; `looked` are those that it looked into, besides the first."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self.looked: dict[str, str | None] = {}

    def loops_in(self, node: nodes.Node) -> Iterable[nodes.For]:
        """The loops whose bodies may be fragments, each before those in it."""
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.For) and not child.recursive and _is_heavy(child.body):
                yield child
            yield from self.loops_in(child)

    def names_of(self, body: list[nodes.Node]) -> tuple[str, ...] | None:
        """The names that a part of a template hangs on; None where it may hang on more."""
        names: set[str] = set()
        return tuple(sorted(names)) if self._is_plain(nodes.Template(body), names, ()) else None

    def _is_plain(self, tree: nodes.Template, names: set[str], within: tuple[str, ...]) -> bool:
        tree.set_environment(self._environment)
        included = []
        for node in _all_in(tree):
            if not isinstance(node, _PARTS) or not self._only_looks(node):
                return False
            if isinstance(node, nodes.Include):
                included.append(node.template)
        names |= _names_from_outside(tree, self._environment)
        return names.isdisjoint(_OF_A_PLACE) and all(self._is_plain_too(one, names, within) for one in included)

    def _is_plain_too(self, template: nodes.Expr, names: set[str], within: tuple[str, ...]) -> bool:
        """The same of a template that is included."""
        environment = self._environment
        if not isinstance(template, nodes.Const) or not isinstance(template.value, str) or not environment.loader:
            return False
        name = template.value
        if name in within or type(environment).join_path is not Environment.join_path:
            return False
        if name not in self.looked:
            self.looked[name] = digest_of_template(environment, name)
        try:
            tree = environment.parse(environment.loader.get_source(environment, name)[0])
        except TemplateError:
            return False
        return self._is_plain(tree, names, (*within, name))

    def _only_looks(self, node: nodes.Node) -> bool:
        environment = self._environment
        if isinstance(node, nodes.Name):
            return node.name not in _OF_A_PLACE - {"loop"}
        if isinstance(node, nodes.Include):
            return not node.ignore_missing
        if isinstance(node, nodes.Test):
            return node.name in TESTS and environment.tests.get(node.name) is TESTS[node.name]
        if isinstance(node, nodes.Filter):
            known = environment.filters.get(node.name)
            if node.name == _CHANCE or (node.name in _BY_NAME and (node.args or node.dyn_args)):
                return False
            is_jinjas = node.name in FILTERS and known is FILTERS[node.name]
            return is_jinjas or type(known) is DateFormatter
        return True


def _all_in(node: nodes.Node) -> Iterable[nodes.Node]:
    for child in node.iter_child_nodes():
        yield child
        yield from _all_in(child)


def _is_heavy(body: list[nodes.Node]) -> bool:
    inside = [node for part in body for node in (part, *_all_in(part))]
    looks = sum(isinstance(node, nodes.Getattr | nodes.Getitem | nodes.Filter) for node in inside)
    return looks >= _HEAVY or any(isinstance(node, nodes.Include) for node in inside)


def _names_from_outside(tree: nodes.Template, environment: Environment) -> set[str]:
    looking = _Looking(environment)
    looking.visit(tree)
    return looking.names


class _Looking(CodeGenerator):
    """Jinja's own way through a template, which notes the names that are looked up in the context."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment, "<looking>", "<looking>")
        self.names: set[str] = set()

    def write(self, x: str) -> None:
        pass

    def enter_frame(self, frame: Frame) -> None:
        super().enter_frame(frame)
        self.names.update(name for action, name in frame.symbols.loads.values() if action == "resolve" and name)
