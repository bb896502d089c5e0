"""Contexts: what each page sees, kept as what is its own and what it shares with all others.

Pelican copies the whole context for each page; ten thousand of those are most of the memory of a build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

_CHANGING = "localsiteurl"
"""What Pelican puts into the shared context for each page; each has it of its own, too."""


class SharedContext(dict[str, Any]):
    """The context that Pelican's generators share. `on_change` is called before something in it becomes another."""

    on_change: Callable[[], None] | None = None

    def __setitem__(self, name: str, value: Any) -> None:
        if name != _CHANGING:
            self._will_change()
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        self._will_change()
        super().__delitem__(name)

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        self._will_change()
        return super().__ior__(other)

    def update(self, *others: Any, **named: Any) -> None:
        self._will_change()
        super().update(*others, **named)

    def setdefault(self, name: str, value: Any = None) -> Any:
        self._will_change()
        return super().setdefault(name, value)

    def pop(self, *arguments: Any) -> Any:
        self._will_change()
        return super().pop(*arguments)

    def popitem(self) -> tuple[str, Any]:
        self._will_change()
        return super().popitem()

    def clear(self) -> None:
        self._will_change()
        super().clear()

    def renew(self, name: str, value: Any) -> None:
        """Another value for every page, also for those that are planned already."""
        super().__setitem__(name, value)

    def _will_change(self) -> None:
        if self.on_change is not None:
            self.on_change()


class Base:
    """The names that many pages share; it stands still, whatever becomes of the context that it was taken from."""

    __slots__ = ("names",)

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = names


class PageContext(Mapping[str, Any]):
    """What one page sees: its own names, then those of its base."""

    __slots__ = ("_base", "_own")

    def __init__(self, own: Mapping[str, Any], base: Base) -> None:
        self._own = own
        self._base = base

    def shares(self, names: Mapping[str, Any]) -> bool:
        """Whether what is not the page's own is in these names, as they are at any time."""
        return self._base.names is names

    def whole(self) -> dict[str, Any]:
        """All of it."""
        return {**self._base.names, **self._own}

    def __getitem__(self, name: str) -> Any:
        return self._own[name] if name in self._own else self._base.names[name]

    def get(self, name: str, default: Any = None) -> Any:
        """A value, or the default."""
        return self._own[name] if name in self._own else self._base.names.get(name, default)

    def __contains__(self, name: object) -> bool:
        return name in self._own or name in self._base.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.whole())

    def __len__(self) -> int:
        return len(self.whole())


class Bases:
    """Makes contexts of pages out of Pelican's copies, for one build."""

    def __init__(self, shared: dict[str, Any]) -> None:
        self._shared = shared
        self._base: Base | None = None
        if isinstance(shared, SharedContext):
            shared.on_change = self._part

    def of(self, context: Mapping[str, Any], own: frozenset[str]) -> PageContext:
        """The context of a page; `own` are the names that it does not share."""
        names = {name: context[name] for name in own if name in context}
        if not isinstance(self._shared, SharedContext) or not self._has_all(context, names, own):
            return PageContext({}, Base(context))
        return self.besides(names)

    def besides(self, names: Mapping[str, Any]) -> PageContext:
        """The context of a page that sees these names, and all that are shared."""
        if self._base is None:
            self._base = Base(self._shared)
        return PageContext(names, self._base)

    def _has_all(self, context: Mapping[str, Any], names: Mapping[str, Any], own: frozenset[str]) -> bool:
        """Whether a page sees, besides its own names, every name that is shared."""
        shared = self._shared
        return len(context) - len(names) == len(shared) - sum(name in shared for name in own)

    def _part(self) -> None:
        """The shared context becomes another: the pages so far keep the one that they were made with."""
        if self._base is not None:
            self._base.names, self._base = dict(self._shared), None
