"""Answers: functions of templates that look far and say little, noted by what they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from jinja2.utils import missing

from veillee.site.outputs.contents import Contents
from veillee.site.outputs.tracking import ANSWER, hear


@dataclass(frozen=True, slots=True)
class _Answer:
    function: Callable[..., Any]
    key: Callable[..., tuple[Any, ...]]
    find: Callable[[tuple[Any, ...], Contents], tuple[Any, ...] | None]


class Answers:
    """Functions of templates that are noted by what they answer, not by what they look at."""

    def __init__(self) -> None:
        self._known: dict[str, _Answer] = {}

    def noted(
        self,
        key: Callable[..., tuple[Any, ...]] = lambda *_: (),
        find: Callable[[tuple[Any, ...], Contents], tuple[Any, ...] | None] = lambda *_: (),
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Decorates a function of a context.

        `key` makes of its other arguments a name that lasts across builds; `find` finds them again among the
        contents; None where they are gone.
        """

        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            self._known[function.__name__] = _Answer(function, key, find)

            @pass_context
            @wraps(function)
            def call(context: Context, *arguments: Any) -> Any:
                reads = hear(None)
                try:
                    return function(context, *arguments)
                finally:
                    hear(reads)
                    if reads is not None:
                        reads.add((ANSWER, function.__name__, key(*arguments)))

            return call

        return decorate

    def answer(self, name: str, context: Any, key: tuple[Any, ...], contents: Contents) -> Any:
        """What a function says in a context now; `missing` where it cannot be asked any more."""
        known = self._known.get(name)
        arguments = known.find(key, contents) if known else None
        return missing if known is None or arguments is None else known.function(context, *arguments)
