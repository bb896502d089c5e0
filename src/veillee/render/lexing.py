"""Lexing: Pygments' lexers, whose rules are tried together where it tries one after the other. The tokens are the same.

Of a choice `a|b`, the `re` module takes the first that matches, as Pygments does of its rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pygments.lexer import RegexLexer
from pygments.token import Error, Whitespace, _TokenType

Token = tuple[int, Any, str]
Rule = tuple[Callable[[str, int], "re.Match[str] | None"], Any, Any]
"""How a rule of Pygments matches, what it does with that, and which state comes next."""
Choice = tuple[Callable[[str, int], "re.Match[str] | None"], Mapping[int, Rule] | Rule]
"""Rules that are tried together: how they match, and the rule by the last group of what matched; or a single rule."""

OFTEN = 100
"""So many visits of a state pay for another pattern."""

_REFERRING = re.compile(r"\\[1-9]|\(\?P|\(\?\(")
"""Maybe a pattern that refers to its groups, which have other numbers in a choice."""

_states: dict[int, tuple[Mapping[str, Sequence[Rule]], dict[str, _State]]] = {}


def hasten_lexers() -> None:
    """Makes Pygments' lexers quicker, unless somebody has changed them; a second call changes nothing."""
    if RegexLexer.get_tokens_unprocessed.__module__ == RegexLexer.__module__:
        RegexLexer.get_tokens_unprocessed = tokens_unprocessed  # type: ignore[assignment, method-assign]


def tokens_unprocessed(lexer: RegexLexer, text: str, stack: Iterable[str] = ("root",)) -> Iterator[Token]:
    """The place, the kind and the text of each token; as `RegexLexer.get_tokens_unprocessed`."""
    of_lexer = _states_of(lexer._tokens)  # type: ignore[attr-defined]  # its metaclass makes it
    names = list(stack)
    choices = of_lexer[names[-1]].visited()
    place = 0
    while True:
        found = _next(choices, text, place)
        if found is not None:
            match, (_, action, following) = found
            if type(action) is _TokenType:
                yield place, action, match.group()
            elif action is not None:
                yield from action(lexer, match)
            place = match.end()
            if following is not None:
                _go(names, following)
                choices = of_lexer[names[-1]].visited()
        elif place < len(text):
            if text[place] == "\n":  # whatever was open ends with its line
                names = ["root"]
                choices = of_lexer["root"].visited()
            yield place, Whitespace if text[place] == "\n" else Error, text[place]
            place += 1
        else:
            return


def _next(choices: Iterable[Choice], text: str, place: int) -> tuple[re.Match[str], Rule] | None:
    """The first rule that matches, and its match with the groups that the rule knows."""
    for matches, rules in choices:
        match = matches(text, place)
        if match is None:
            continue
        if isinstance(rules, tuple):
            return match, rules
        rule = rules[match.lastindex or 0]
        if type(rule[1]) is not _TokenType and rule[1] is not None:
            match = rule[0](text, place)
        return (match, rule) if match else None
    return None


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


class _State:
    """The rules of a state, tried together as soon as it is visited often."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._visits = 0
        self._choices: list[Choice] = [(rule[0], rule) for rule in rules]

    def visited(self) -> list[Choice]:
        self._visits += 1
        if self._visits == OFTEN:
            self._choices = list(_choices_of(self._rules))
        return self._choices


def _states_of(definitions: Mapping[str, Sequence[Rule]]) -> dict[str, _State]:
    found = _states.get(id(definitions))
    if found is None:
        found = _states[id(definitions)] = definitions, {name: _State(rules) for name, rules in definitions.items()}
    return found[1]


def _choices_of(rules: Iterable[Rule]) -> Iterator[Choice]:
    waiting: list[Rule] = []
    for rule in rules:
        if waiting and not (_may_join(rule) and _flags(rule) == _flags(waiting[0])):
            yield from _joined(waiting)
            waiting = []
        if _may_join(rule):
            waiting.append(rule)
        else:
            yield rule[0], rule
    yield from _joined(waiting)


def _may_join(rule: Rule) -> bool:
    pattern = getattr(rule[0], "__self__", None)
    return isinstance(pattern, re.Pattern) and not (pattern.flags & re.VERBOSE or _REFERRING.search(pattern.pattern))


def _flags(rule: Rule) -> int:
    return int(rule[0].__self__.flags)  # type: ignore[attr-defined]


def _joined(rules: list[Rule]) -> Iterator[Choice]:
    """One choice of all these; each one alone where there is no such pattern."""
    patterns: list[re.Pattern[str]] = [rule[0].__self__ for rule in rules]  # type: ignore[attr-defined]
    choice = _choice(patterns) if len(rules) > 1 else None
    if choice is None:
        yield from ((rule[0], rule) for rule in rules)
        return
    by_group, last = {}, 0
    for rule, pattern in zip(rules, patterns, strict=True):
        last += pattern.groups + 1  # the empty group behind each tells which it was
        by_group[last] = rule
    yield choice.match, by_group


def _choice(patterns: list[re.Pattern[str]]) -> re.Pattern[str] | None:
    try:
        return re.compile("|".join(f"(?:{one.pattern})()" for one in patterns), patterns[0].flags & ~re.UNICODE)
    except re.error:  # such as flags in the middle
        return None
