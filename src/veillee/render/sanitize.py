"""Members' HTML made harmless: only what a post needs stays, and links lead to http, https, mailto or the site.

Any HTML -> nh3 -> HTML without scripts, styles, forms, frames, and without ids and classes that are not ours.
"""

from __future__ import annotations

import re

import nh3
from pygments.token import STANDARD_TYPES

from veillee.model.urls import SAFE_SCHEMES, is_safe_url
from veillee.render.plain import plain_text
from veillee.render.tokens import attributes_of, name_of, tag_of, tokens_of

__all__ = ["excerpt_html", "is_safe_url", "plain_text", "sanitize_html"]

_TAGS = {
    "a", "abbr", "audio", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd",
    "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "i", "img", "input", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section",
    "small", "source", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
    "time", "tr", "u", "ul", "var", "video", "wbr",
}  # fmt: skip
_DROPPED_WITH_CONTENT = {
    "applet", "canvas", "embed", "frameset", "iframe", "math", "noembed", "noframes", "noscript", "object", "script",
    "select", "style", "svg", "template", "textarea", "title", "xmp",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"class", "dir", "lang", "title"},
    "a": {"href", "id", "aria-label", "data-footnote-ref", "data-footnote-backref"},
    "audio": {"controls", "src"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"datetime"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width", "loading", "decoding"},
    "input": {"checked", "aria-label"},
    "ins": {"datetime"},
    "li": {"id", "value"},
    "ol": {"reversed", "start"},
    "section": {"data-footnotes"},
    "source": {"src"},
    "sup": {"id"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "video": {"controls", "height", "poster", "src", "width"},
}
_CLASSES = frozenset({
    "contains-task-list", "footnote", "footnote-backref", "footnote-ref", "footnotes", "highlight", "linenos",
    "markdown-alert", "markdown-alert-caution", "markdown-alert-important", "markdown-alert-note", "markdown-alert-tip",
    "markdown-alert-title", "markdown-alert-warning", "task-list-item", "task-list-item-checkbox", "align-right",
    "align-center", *(name for name in STANDARD_TYPES.values() if name),
})  # fmt: skip
_LANGUAGE_CLASS = re.compile(r"language-[\w+#.-]{1,40}\Z")
_FOOTNOTE_ID = re.compile(r"fn(?:ref)?[-:\d][^\s\"'<>]{0,80}\Z")
_NUMBERS = frozenset({"colspan", "height", "rowspan", "span", "start", "value", "width"})
_NUMBER = re.compile(r"\d{1,5}\Z")
_CLOSED = {
    "align": frozenset({"left", "center", "right"}),
    "decoding": frozenset({"async", "sync", "auto"}),
    "dir": frozenset({"ltr", "rtl", "auto"}),
    "loading": frozenset({"lazy", "eager"}),
    "scope": frozenset({"col", "row", "colgroup", "rowgroup"}),
}
_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")


def kept_attributes(name: str, attributes: dict[str, str]) -> dict[str, str]:
    """The attributes of a tag that may stay, after nh3 has taken out those that are never allowed."""
    kept = {key: left for key, value in attributes.items() if (left := _kept(name, key, value)) is not None}
    return {"type": "checkbox", "disabled": "", **kept} if name == "input" else kept


def _kept(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        words = [word for word in value.split() if word in _CLASSES or (tag == "code" and _LANGUAGE_CLASS.match(word))]
        return " ".join(words) or None
    if name in ("href", "src", "poster"):
        return value.strip() if is_safe_url(value.strip()) else None
    if name == "id":
        return value if _FOOTNOTE_ID.match(value) else None
    if name in _NUMBERS:
        return value if _NUMBER.match(value) else None
    if name in _CLOSED:
        return value.lower() if value.lower() in _CLOSED[name] else None
    if name == "lang":
        return value if _LANG.match(value) else None
    return value


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED_WITH_CONTENT,
    attributes=_ATTRIBUTES,
    url_schemes=set(SAFE_SCHEMES),
    link_rel=None,
)

_EXCERPTER = nh3.Cleaner(
    tags={"p", "br", "a", "em", "strong", "del", "code", "pre", "ul", "ol", "li", "blockquote"},
    attributes={"a": {"href"}},
    attribute_filter=lambda _tag, _name, value: None if value.startswith("#") else value,
)


def excerpt_html(html: str) -> str:
    """A short post as part of a list: no headings, which would break the page's order, no pictures, no anchors."""
    return _EXCERPTER.clean(html)


def sanitized_tokens(html: str) -> list[str]:
    """The HTML as tokens, with everything taken out that could act, frame or deceive; texts stay, scripts' do not.

    The attributes are still those that nh3 lets through: each tag that is written out again must have gone through
    `kept_attributes`.
    """
    return tokens_of(_CLEANER.clean(html))


def sanitize_html(html: str) -> str:
    """HTML with nothing left in it that could act, frame, style or deceive."""
    tokens = sanitized_tokens(html)
    for index in range(1, len(tokens), 2):
        tag = tokens[index]
        if " " in tag or tag.startswith("<input"):
            name = name_of(tag)
            tokens[index] = tag_of(name, kept_attributes(name, attributes_of(tag)))
    return "".join(tokens)
