"""The headings of a text: fitted below the page's own, none empty, no level left out, each with an address."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape, unescape

from veillee.model.places import slug_of
from veillee.render.tokens import INLINE, attributes_of, name_of

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_OPENINGS = frozenset("haHA")
"""How the names of headings and links begin."""

_PASSED = frozenset(
    f"{opening}{name}>"
    for opening in ("<", "</")
    for name in ("p", "ul", "ol", "li", "blockquote", "em", "strong", "code", "pre", "tr", "td", "th", "thead", "tbody")
)
"""Tags that are no headings and no links, of which most texts are full."""

_RESERVED = frozenset({
    "content", "footer", "header", "main", "menu", "nav", "navigation", "page", "search", "site", "title", "top",
})  # fmt: skip
"""What templates call the parts of a page: a heading of that name gets another id."""


@dataclass(slots=True)
class Headings:
    """What has been found in `fit_headings`: slug -> id for links within the text."""

    ids: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)  # how often each slug came


def fit_headings(tokens: list[str], *, first_level: int, id_prefix: str) -> Headings:
    """Rewrites the headings among `tokens` in place.

    The topmost becomes `first_level`, each further one the level below the one that it stands under, h6 at most. An
    anchor follows the words of each; it is empty, hidden from screen readers, and never around or inside a link.
    """
    found = Headings()
    above: list[int] = []
    anchors: list[tuple[int, str]] = []
    for start, end, is_linked in _spans(tokens):
        words = _words(tokens, start, end)
        if not words:
            tokens[start] = tokens[end] = ""
            continue
        level = _fitted(int(name_of(tokens[start])[1]), above, first_level)
        address = escape(_new_id(words, found, id_prefix))
        tokens[start] = f'<h{level} id="{address}">'
        tokens[end] = f"</h{level}>"
        if is_linked:
            continue
        anchors.append((end, f'<a class="anchor" href="#{address}" aria-hidden="true" tabindex="-1">'))
    for end, anchor in reversed(anchors):
        tokens[end:end] = [anchor, "", "</a>", ""]
    return found


def is_ours(tag: str) -> bool:
    """Whether a tag was made here; the sanitiser leaves no such attributes on those that members typed."""
    return (tag[:2] == "<h" and tag[3:8] == ' id="') or tag.endswith(' tabindex="-1">')


def _fitted(typed: int, above: list[int], first_level: int) -> int:
    """The level of a heading below those in `above`, which then holds the typed levels that it closes or opens."""
    while above and above[-1] >= typed:
        above.pop()
    above.append(typed)
    return min(first_level + len(above) - 1, 6)


def _spans(tokens: list[str]) -> list[tuple[int, int, bool]]:
    """Places of the opening and closing tags of each heading, and whether it stands within a link.

    Blocks and headings within a heading lose their tags and leave their words to it.
    """
    spans: list[tuple[int, int, bool]] = []
    start = depth = link_count = 0
    for index in range(1, len(tokens), 2):
        tag = tokens[index]
        if not depth and tag in _PASSED:
            continue
        is_end = tag[1:2] == "/"
        if not depth and tag[1 + is_end : 2 + is_end] not in _OPENINGS:
            continue
        name = name_of(tag)
        if name in HEADINGS:
            depth += -1 if is_end else 1
            if depth == 1 and not is_end:
                start = index
            elif depth == 0:
                spans.append((start, index, link_count > 0))
            else:
                tokens[index] = ""
        elif depth and name not in INLINE:
            tokens[index] = ""
        elif name == "a" and not depth:
            link_count += -1 if is_end else 1
    return spans


def _words(tokens: list[str], start: int, end: int) -> str:
    """The words of a heading; a picture stands for its alternative text."""
    parts = [tokens[start + 1]]
    for index in range(start + 2, end, 2):
        if name_of(tokens[index]) == "img":
            parts.append(attributes_of(tokens[index]).get("alt", ""))
        parts.append(tokens[index + 1])
    return " ".join(unescape("".join(parts)).split())


def _new_id(words: str, found: Headings, prefix: str) -> str:
    """An id that no other heading of the text has; `found` remembers it under the slug that authors link to."""
    slug = key = slug_of(words) or "section"
    while key in found.ids:
        found.counts[slug] = found.counts.get(slug, 1) + 1
        key = f"{slug}-{found.counts[slug]}"
    found.ids[key] = f"{prefix}{key}" if prefix or key not in _RESERVED else f"section-{key}"
    return found.ids[key]
