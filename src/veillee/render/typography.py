"""Texts set as a printer would: spaces that hold, quotation marks and apostrophes of the language.

French (`fr`, `fr-ca`, …): U+202F before ; : ! ? and inside « »; English: “ ”. Both: ’ and …. Never in code, keys,
addresses, times and ratios. Setting a text twice changes nothing.

Sources: Lexique des règles typographiques en usage à l'Imprimerie nationale; The Chicago Manual of Style, 6.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from typing import NamedTuple

from veillee.render.tokens import INLINE, name_of

NARROW = "\u202f"  # narrow space that does not break

_LITERAL = frozenset({"code", "kbd", "math", "pre", "samp", "script", "style", "textarea", "tt", "var"})

_TAG = "\ue000"  # where an inline tag stands between two texts
_KEPT = "\ue001"  # an address or emoji name that stays as it is
_OBJECT = "\ufffc"  # code or a picture
_ADDRESSES = re.compile(
    r"\b[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s\ue000\ufffc]+|\b(?:www\.|mailto:)[^\s\ue000\ufffc]+"
    r"|[^\s\ue000\ufffc@]{1,80}@[^\s\ue000\ufffc@]+\.[A-Za-z]{2,}|:[a-z0-9_+-]+:"
)
_SPACE = "[ \u00a0\u2009\u202f]"
_HIGH = '(?:[?!]+(?=[\\s\ue000\ufffc.,;:…)\\]}»”’"*_~—–]|$)|[;:](?=[\\s\ue000\ufffc»”’"]|$))'  # not :) or ::
_WORD_END = "(?<=[\\w)\\]»”’…%\ue001\ufffc])"
_ELLIPSIS = re.compile(r"(?<![./\\])\.\.\.(?![.\w/\\])")
_APOSTROPHE = re.compile("(?<=[^\\W\\d_])'(?=\ue000?[\\w«“\"\ue001\ufffc])")
_FRENCH_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(f"(?<=[^\\s«])({_SPACE}+)(\ue000?)({_HIGH})"), f"\\2{NARROW}\\3"),
    (re.compile(f"{_WORD_END}(\ue000?)({_HIGH})"), f"\\1{NARROW}\\2"),
    (re.compile(f"«{_SPACE}*(?=[^\\s»?!;:])(?!\ue000+[\\s»?!;:])"), f"«{NARROW}"),
    (re.compile(f"(?<=[^\\s«\u202f]){_SPACE}*»"), f"{NARROW}»"),
)
_OPENS_AFTER = frozenset("([{-—–/'’«“")
_MARKS = {"fr": (f"«{NARROW}", f"{NARROW}»"), "en": ("“", "”")}


def typeset_text(text: str, lang: str) -> str:
    """A plain text (a title, a line) set by the rules of its language; other languages stay as they are."""
    rules = _rules_for(lang)
    if rules is None or not rules.worth_a_look.search(text) or _TAG in text or _KEPT in text:
        return text
    return rules.apply(text)


def typeset_tokens(tokens: list[str], lang: str) -> None:
    """The same, in place, for clean HTML that is cut into tokens; code and addresses stay as they are."""
    rules = _rules_for(lang)
    if rules is None:
        return
    places = _places_worth_a_look(tokens, rules)
    if not places:
        return
    for block in _blocks(tokens):
        if not places.isdisjoint(block):
            _typeset_block(tokens, block, rules)


def _places_worth_a_look(tokens: list[str], rules: _Rules) -> set[int]:
    """The places of texts that a rule may say something of: all texts are looked through as one."""
    text = _END.join(tokens[::2])
    if text.count(_END) > len(tokens) // 2:  # a text has that mark, which no HTML may have
        return set(range(0, len(tokens), 2))
    places, place, start = set(), 0, 0
    for found in rules.worth_a_look.finditer(text):
        place += text.count(_END, start, found.start())
        start = found.start()
        places.add(2 * place)
    return places


def _typeset_block(tokens: list[str], block: list[int], rules: _Rules) -> None:
    pieces = [tokens[place] if place >= 0 else _STAND_INS[place] for place in block]
    text = _TAG.join(pieces)
    if text.count(_TAG) != len(pieces) - 1 or _KEPT in text:
        return  # the author uses our marks
    done = escape(rules.apply(unescape(text)), quote=False).split(_TAG)
    for place, piece in zip(block, done, strict=True):
        if place >= 0:
            tokens[place] = piece


_END = "\0"
_STAND_INS = {-1: _OBJECT, -2: "\n"}


def _blocks(tokens: list[str]) -> Iterator[list[int]]:
    """The texts of each block as places in `tokens`; -1 stands for code or a picture, -2 for a line break."""
    block = [0]
    literal = ""
    for index in range(1, len(tokens), 2):
        tag = tokens[index]
        name = name_of(tag)
        if literal:
            literal = "" if name == literal and tag.startswith("</") else literal
        elif name in _LITERAL and not tag.startswith("</"):
            literal = name
            block.append(-1)
        elif name == "br" or name == "img":
            block.append(-2 if name == "br" else -1)
        elif name not in INLINE:
            yield block
            block = []
        if not literal:
            block.append(index + 1)
    yield block


class _Rules(NamedTuple):
    """The rules of a language; texts without `worth_a_look` stay as they are.

    That is looked for in every text: a choice of words each of which opens with a certain letter is found quickest.
    """

    worth_a_look: re.Pattern[str]
    apply: Callable[[str], str]


def _rules_for(lang: str) -> _Rules | None:
    return _RULES.get(lang[:2].lower()) if len(lang) == 2 or lang[2:3] in "-_" else None


def _french(text: str) -> str:
    text, kept = _set_aside(text)
    text = _with_common_marks(text, *_MARKS["fr"])
    for rule, replacement in _FRENCH_RULES:
        text = rule.sub(replacement, text)
    return _put_back(text, kept)


def _english(text: str) -> str:
    text, kept = _set_aside(text)
    return _put_back(_with_common_marks(text, *_MARKS["en"]), kept)


def _set_aside(text: str) -> tuple[str, list[str]]:
    if ":" not in text and "@" not in text and "www." not in text:
        return text, []
    kept: list[str] = []

    def take(match: re.Match[str]) -> str:
        kept.append(match[0])
        return _KEPT

    return _ADDRESSES.sub(take, text), kept


def _put_back(text: str, kept: list[str]) -> str:
    if not kept:
        return text
    waiting = iter(kept)
    return re.sub(_KEPT, lambda _: next(waiting), text)


def _with_common_marks(text: str, opening: str, closing: str) -> str:
    if "..." in text:
        text = _ELLIPSIS.sub("…", text)
    if '"' in text:
        text = _with_quotation_marks(text, opening, closing)
    return _APOSTROPHE.sub("’", text) if "'" in text else text


def _with_quotation_marks(text: str, opening: str, closing: str) -> str:
    """Straight marks in pairs become the language's; one without a partner (5" of snow) stays."""
    waiting: list[int] = []
    marks: dict[int, str] = {}
    opened_last = False
    for place in (index for index, char in enumerate(text) if char == '"'):
        before, after = _next_to(text, place, -1), _next_to(text, place, 1)
        opens = opened_last if before == '"' else not before or before.isspace() or before in _OPENS_AFTER
        opened_last = opens and bool(after) and not after.isspace()
        if opened_last:
            waiting.append(place)
        elif not opens and waiting and not after.isalnum():
            is_inner = len(waiting) > 1
            start = waiting.pop()
            marks[start], marks[place] = ("“", "”") if is_inner else (opening, closing)
    return "".join(marks.get(index, char) for index, char in enumerate(text)) if marks else text


def _next_to(text: str, place: int, step: int) -> str:
    """The nearest character on one side that is no tag; empty at the end of the text."""
    place += step
    while 0 <= place < len(text) and text[place] == _TAG:
        place += step
    return text[place] if 0 <= place < len(text) else ""


_RULES = {
    "fr": _Rules(re.compile(r"\"|'|;|:|!|\?|«|»|\.\.\.|&quot;|&#"), _french),
    "en": _Rules(re.compile(r"\"|'|\.\.\.|&quot;|&#"), _english),
}
