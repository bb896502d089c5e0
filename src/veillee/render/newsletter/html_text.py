"""A member's sanitised HTML as a mail can carry it: strict XML, the tags of running text, whole addresses only."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

from veillee.render.newsletter.document import VOID
from veillee.render.newsletter.entities import encode_attribute, without_controls
from veillee.render.newsletter.validation import is_mail_link

KEPT = frozenset(
    ["a", "b", "blockquote", "br", "code", "del", "em", "i", "li", "ol", "p", "s", "strong", "sub", "sup", "u", "ul"]
)
"""Tags of running text; of others the text stays. Headings become paragraphs: the mail has its own."""

_AS_PARAGRAPH = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "pre"})
_DROPPED = frozenset({"script", "style", "svg", "math", "template", "title"})


def mail_html(html: str) -> str:
    """The HTML with the tags of running text, balanced, every `a` with a whole address or none."""
    parser = _Rewriter()
    parser.feed(without_controls(html))
    parser.close()
    return parser.result().strip()


class _Rewriter(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.open: list[str] = []
        self.dropped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = "p" if tag in _AS_PARAGRAPH else tag
        if tag in _DROPPED:
            self.dropped += 1
        elif tag in VOID:
            self.pieces.append("<br />" if tag == "br" else "")
        elif tag in KEPT and not self.dropped:
            self.open.append(tag)
            self.pieces.append(f"<{tag}{_attributes(tag, dict(attrs))}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        tag = "p" if tag in _AS_PARAGRAPH else tag
        if tag in _DROPPED:
            self.dropped = max(0, self.dropped - 1)
        elif tag in self.open:
            while self.open:
                closed = self.open.pop()
                self.pieces.append(f"</{closed}>")
                if closed == tag:
                    return

    def handle_data(self, data: str) -> None:
        if not self.dropped:
            self.pieces.append(escape(data))

    def result(self) -> str:
        return "".join(self.pieces) + "".join(f"</{tag}>" for tag in reversed(self.open))


def _attributes(tag: str, attributes: dict[str, str | None]) -> str:
    kept = {name: attributes.get(name) or "" for name in ("lang", "dir") if attributes.get(name)}
    href = attributes.get("href") or ""
    if tag == "a" and is_mail_link(href) and not href.startswith("#"):
        kept["href"] = href
    return "".join(f' {name}="{encode_attribute(value)}"' for name, value in kept.items())
