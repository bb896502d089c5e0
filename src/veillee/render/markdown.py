"""The Markdown door: GitHub's dialect, by comrak -> clean HTML, its plain text and what it says of itself.

text -> comrak -> sanitiser -> tokens -> headings, typography, addresses, code, tables -> HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

import comrak

from veillee.render.body import Dressing, translate_alerts
from veillee.render.headings import fit_headings
from veillee.render.plain import plain_text, plain_text_of
from veillee.render.sanitize import sanitized_tokens
from veillee.render.tokens import VOID
from veillee.render.typography import typeset_tokens

MAX_DEPTH = 200

_TAG_START = re.compile(r"<(/?)([a-zA-Z]+)")


@dataclass(frozen=True, slots=True)
class RenderedText:
    """A text in Markdown as HTML that may stand in a page as it is, and as plain text.

    `plain` is None where nobody wanted that yet.
    """

    html: str
    plain: str | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """The plain text."""
        return plain_text(self.html) if self.plain is None else self.plain


def render_markdown(
    text: str,
    *,
    lang: str = "en",
    rewrite_url: Callable[[str], str] | None = None,
    first_level: int = 2,
    id_prefix: str = "",
    with_text: bool = True,
    keeps_placeholders: bool = False,
) -> RenderedText:
    """The text rendered in its language.

    `rewrite_url` gets every address of a link, image or media file as it was typed (`{filename}picnic.md`) and
    says what it becomes. `first_level` is the level of the topmost heading. `id_prefix` keeps the ids of several
    texts on one page apart. Without `with_text`, the plain text is worked out when it is asked for.
    With `keeps_placeholders`, the braces stay that an address begins with (`{filename}`).
    """
    html = _rendered(text)
    tokens = sanitized_tokens(html)
    if "markdown-alert" in html:
        translate_alerts(tokens, lang)
    headings = fit_headings(tokens, first_level=first_level, id_prefix=id_prefix)
    typeset_tokens(tokens, lang)
    plain = plain_text_of(tokens) if with_text else None
    dressing = Dressing(
        lang=lang,
        rewrite_url=rewrite_url,
        id_prefix=id_prefix,
        heading_ids=headings.ids,
        keeps_placeholders=keeps_placeholders,
    )
    return RenderedText(dressing.dress(tokens), plain)


def _extension_options() -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    for name in ("alerts", "autolink", "footnotes", "shortcodes", "strikethrough", "table", "tasklist"):
        setattr(options, name, True)
    return options


def _render_options(*, keeps_html: bool) -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.unsafe_ = keeps_html  # the sanitiser comes next
    options.escape = not keeps_html
    options.tasklist_classes = True
    return options


_EXTENSIONS = _extension_options()
_WITH_HTML = _render_options(keeps_html=True)


def _rendered(text: str) -> str:
    """What comrak makes of a text; one that is nested without end is shown as it was typed."""
    if not _is_too_deep(text):
        html = str(comrak.render_markdown(text, extension_options=_EXTENSIONS, render_options=_WITH_HTML))
        if not _is_too_deep_html(html):
            return html
    return f"<pre><code>{escape(text, quote=False)}</code></pre>"


def _is_too_deep(text: str) -> bool:
    """Whether a line opens more quotations, lists or columns than anybody reads: their square is comrak's time."""
    long_lines = [line for line in text.split("\n") if len(line) >= MAX_DEPTH]
    if not any(line[0] in " \t>-*+|:0123456789" for line in long_lines):
        return False
    return _MANY_MARKS.search(text) is not None or _MANY_COLUMNS.search(text) is not None


_MANY_MARKS = re.compile(rf"^(?:[ \t]*+(?:>|[-*+][ \t]|\d{{1,9}}[.)][ \t])){{{MAX_DEPTH}}}", re.MULTILINE)
_MANY_COLUMNS = re.compile(rf"^[ \t>]*+\|?(?:[ \t]*+:?-+:?[ \t]*+\|){{{MAX_DEPTH}}}", re.MULTILINE)
_CLOSED_BY_OTHERS = frozenset({"dd", "dt", "li", "p", "td", "th", "tr"})


def _is_too_deep_html(html: str) -> bool:
    """Whether tags are nested so deep that the sanitiser would take minutes."""
    if html.count("<") < 2 * MAX_DEPTH:
        return False
    depth = deepest = 0
    for end, name in _TAG_START.findall(html):
        if name in VOID or name in _CLOSED_BY_OTHERS:
            continue
        depth = max(depth - 1, 0) if end else depth + 1
        deepest = max(deepest, depth)
    return deepest > MAX_DEPTH
