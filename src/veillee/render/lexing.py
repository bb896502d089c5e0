"""Lexing: Pygments' lexers, which at each place try only rules that may match there. The tokens are the same.

Pygments tries one rule after the other, and of most of them the first character tells that they do not match.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from pygments.lexer import RegexLexer
from pygments.token import Error, Whitespace, _TokenType

from veillee.render.first_characters import ASCII, first_characters

Token = tuple[int, Any, str]
Rule = tuple[Callable[[str, int], "re.Match[str] | None"], Any, Any]
"""How a rule of Pygments matches, what it does with that, and which state comes next."""

_states: dict[int, tuple[Mapping[str, Sequence[Rule]], dict[str, _State]]] = {}


def hasten_lexers() -> None:
    """Makes Pygments' lexers quicker, unless somebody has changed them; a second call changes nothing."""
    if RegexLexer.get_tokens_unprocessed.__module__ == RegexLexer.__module__:
        RegexLexer.get_tokens_unprocessed = tokens_unprocessed  # type: ignore[assignment, method-assign]


def tokens_unprocessed(lexer: RegexLexer, text: str, stack: Iterable[str] = ("root",)) -> Iterator[Token]:
    """The place, the kind and the text of each token; as `RegexLexer.get_tokens_unprocessed`."""
    of_lexer = _states_of(lexer._tokens)  # type: ignore[attr-defined]  # its metaclass makes it
    names = list(stack)
    state = of_lexer[names[-1]]
    place = 0
    while True:
        char = text[place : place + 1]
        for matches, action, following in state[char]:
            match = matches(text, place)
            if match is None:
                continue
            if type(action) is _TokenType:
                yield place, action, match.group()
            elif action is not None:
                yield from action(lexer, match)
            place = match.end()
            if following is not None:
                _go(names, following)
                state = of_lexer[names[-1]]
            break
        else:
            if not char:
                return
            if char == "\n":  # whatever was open ends with its line
                names = ["root"]
                state = of_lexer["root"]
            yield place, Whitespace if char == "\n" else Error, char
            place += 1


def _go(names: list[str], following: Any) -> None:
    """To the state that follows; the first of the stack stays, whatever a rule says."""
    if isinstance(following, tuple):
        for name in following:
            if name == "#pop":
                if len(names) > 1:
                    names.pop()
            else:
                names.append(names[-1] if name == "#push" else name)
    elif isinstance(following, int):
        del names[1 if abs(following) >= len(names) else following :]
    else:
        names.append(names[-1])  # `#push`: Pygments makes tuples of all others


class _State(dict[str, Sequence[Rule]]):
    """The rules of a state, by the character that they are tried at."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        super().__init__()
        self._rules = rules

    def __missing__(self, char: str) -> Sequence[Rule]:
        if char not in ASCII:
            return self._rules
        found = self[char] = [rule for rule in self._rules if char in _firsts_of(rule)]
        return found


def _firsts_of(rule: Rule) -> frozenset[str]:
    pattern = getattr(rule[0], "__self__", None)
    return _firsts_of_pattern(pattern) if isinstance(pattern, re.Pattern) else ASCII


_firsts_of_pattern = cache(first_characters)


def _states_of(definitions: Mapping[str, Sequence[Rule]]) -> dict[str, _State]:
    found = _states.get(id(definitions))
    if found is None:
        found = _states[id(definitions)] = definitions, {name: _State(rules) for name, rules in definitions.items()}
    return found[1]
