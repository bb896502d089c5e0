"""The headings of a text: fitted below the page's own, none empty, no level left out, each with an address."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape, unescape

from veillee.model.places import slug_of
from veillee.render.tokens import attributes_of, name_of

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_RESERVED = frozenset({
    "content", "footer", "header", "main", "menu", "nav", "navigation", "page", "search", "site", "title", "top",
})  # fmt: skip
"""What templates call the parts of a page: a heading of that name gets another id."""


@dataclass(slots=True)
class Headings:
    """What has been found in `fit_headings`: the first heading's words, and slug -> id for links within the text."""

    first: str | None = None
    ids: dict[str, str] = field(default_factory=dict)


def fit_headings(tokens: list[str], *, first_level: int, id_prefix: str) -> Headings:
    """Rewrites the headings among `tokens` in place.

    The topmost becomes `first_level`, each further one the level below the one that it stands under, h6 at most. An
    anchor follows the words of each; it is empty, hidden from screen readers, and never around or inside a link.
    """
    found = Headings()
    above: list[int] = []
    for start, end in _spans(tokens):
        words = _words(tokens, start, end)
        if not words and not _has_picture(tokens, start, end):
            tokens[start] = tokens[end] = ""
            continue
        if found.first is None:
            found.first = words
        typed = int(name_of(tokens[start])[1])
        while above and above[-1] >= typed:
            above.pop()
        level = min(first_level + len(above), 6)
        above.append(typed)
        address = _new_id(words, found.ids, id_prefix)
        tokens[start] = f'<h{level} id="{escape(address)}">'
        anchor = f'<a class="anchor" href="#{escape(address)}" aria-hidden="true" tabindex="-1"></a>'
        tokens[end] = f"{anchor}</h{level}>"
    return found


def _spans(tokens: list[str]) -> list[tuple[int, int]]:
    """Places of the opening and closing tags of each heading; the sanitiser left none without a partner."""
    spans: list[tuple[int, int]] = []
    start = 0
    for index in range(1, len(tokens), 2):
        tag = tokens[index]
        if tag[1:2] not in "hH/" or name_of(tag) not in HEADINGS:
            continue
        if tag.startswith("</"):
            spans.append((start, index))
        else:
            start = index
    return spans


def _words(tokens: list[str], start: int, end: int) -> str:
    parts = [tokens[index] for index in range(start + 1, end, 2)]
    if _has_picture(tokens, start, end):
        parts += [
            attributes_of(tokens[index]).get("alt", "")
            for index in range(start + 2, end, 2)
            if _is_picture(tokens[index])
        ]
    return " ".join(unescape("".join(parts)).split())


def _has_picture(tokens: list[str], start: int, end: int) -> bool:
    return any(_is_picture(tokens[index]) for index in range(start + 2, end, 2))


def _is_picture(tag: str) -> bool:
    return name_of(tag) == "img" and bool(attributes_of(tag).get("alt"))


def _new_id(words: str, ids: dict[str, str], prefix: str) -> str:
    """An id that no other heading of the text has; `ids` remembers it under the slug that authors link to."""
    slug = slug_of(words) or "section"
    key, number = slug, 1
    while key in ids:
        number += 1
        key = f"{slug}-{number}"
    ids[key] = f"{prefix}{key}" if prefix or key not in _RESERVED else f"section-{key}"
    return ids[key]
