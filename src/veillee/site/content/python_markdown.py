"""The door to Python-Markdown, set up once for all texts of a site: what comes of each text is the same.

Pelican makes a parser for each file, and the parser a formatter for each block of code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from markdown import Markdown, inlinepatterns
from markdown.extensions import codehilite
from markdown.inlinepatterns import InlineProcessor as PatternProcessor
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString
from pygments.formatters import HtmlFormatter

_META = "meta"
_META_PRIORITY = 27
_FORGETTING = frozenset({
    "abbr", "admonition", "attr_list", "codehilite", "def_list", "extra", "fenced_code", "footnotes", "md_in_html",
    "meta", "nl2br", "sane_lists", "smarty", "tables", "toc",
})  # fmt: skip
"""Extensions that, when they are told to, forget the text before."""
_INLINE, _INLINE_PRIORITY = "inline", 20
_HANDLING, _APPLYING = "_InlineProcessor__handleInline", "_InlineProcessor__applyPattern"
_NEEDED = {
    inlinepatterns.BACKTICK_RE: "`",
    inlinepatterns.ESCAPE_RE: "\\",
    inlinepatterns.LINK_RE: "[",
    inlinepatterns.REFERENCE_RE: "[",
    inlinepatterns.IMAGE_LINK_RE: "![",
    inlinepatterns.IMAGE_REFERENCE_RE: "![",
    inlinepatterns.AUTOLINK_RE: "<",
    inlinepatterns.AUTOMAIL_RE: "<",
    inlinepatterns.HTML_RE: "<",
    inlinepatterns.ENTITY_RE: "&",
    inlinepatterns.LINE_BREAK_RE: "  \n",
}
"""What each of Python-Markdown's own patterns does not match without."""
_PLAIN = (str, int, float, bool, type(None))


def hasten_highlighting() -> None:
    """Makes blocks of code quicker to colour; a second call changes nothing."""
    module: Any = codehilite
    if module.pygments and not hasattr(module.get_formatter_by_name, "is_ours"):
        module.get_formatter_by_name = _remembered(module.get_formatter_by_name)


def converted(text: str, settings: Mapping[str, Any]) -> str:
    """One text as HTML, which nobody has looked at."""
    return str(Markdown(**settings["MARKDOWN"]).convert(text))


def lasting_markdown(settings: Mapping[str, Any]) -> LastingMarkdown | None:
    """A parser for all texts of a site; None where an extension may keep something of the text before."""
    options = settings["MARKDOWN"]
    names = (*options.get("extensions", ()), *options.get("extension_configs", ()))
    is_forgetting = all(
        isinstance(one, str) and one.removeprefix("markdown.extensions.") in _FORGETTING for one in names
    )
    return LastingMarkdown(options) if is_forgetting and _is_plain(options) else None


class LastingMarkdown:
    """A parser that is told to forget, where Pelican makes another one."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self._parser: Any = None

    def fresh(self) -> Any:
        """The parser, as if it was made just now."""
        parser, self._parser = self._parser, None
        return hastened(Markdown(**self._options)) if parser is None else parser.reset()

    def keep(self, parser: Any, metas: Any) -> None:
        """The parser has done all that was asked of it; `metas` reads metadata, which Pelican turns off meanwhile."""
        if _META not in parser.preprocessors:
            parser.preprocessors.register(metas, _META, _META_PRIORITY)
        self._parser = parser


def hastened(parser: Any) -> Any:
    """The parser, which looks for patterns where a text may have them, and says what it would have said."""
    processors = parser.treeprocessors
    is_known = all(hasattr(InlineProcessor, name) for name in (_HANDLING, _APPLYING))
    if is_known and _INLINE in processors and type(processors[_INLINE]) is InlineProcessor:
        processors.register(_Inline(parser), _INLINE, _INLINE_PRIORITY)
    return parser


class _Inline(InlineProcessor):
    """Python-Markdown's own, but for one question: is there anything in a text that a pattern of its may match?

    It asks so many, for each cell of a table, that the way to the question took most of the time.
    """

    def run(self, tree: Any, ancestors: Any = None) -> Any:
        self._looks = list(map(_look_of, self.inlinePatterns))
        return super().run(tree, ancestors)

    def _handled(self, data: str, index: int = 0) -> str:
        if isinstance(data, AtomicString):
            return data
        apply, looks, start = getattr(self, _APPLYING), self._looks, 0
        while index < len(looks):
            pattern, needed, search = looks[index]
            is_found = needed in data and search(data, start)
            if is_found:
                data, is_found, start = apply(pattern, data, index, start)
            if not is_found:
                index, start = index + 1, 0
        return data


setattr(_Inline, _HANDLING, _Inline._handled)


def _look_of(pattern: Any) -> tuple[Any, str, Callable[[str, int], Any]]:
    """A pattern, what a text needs to have where it matches, and how to ask it; one of the older kind always is."""
    if not isinstance(pattern, PatternProcessor):
        return pattern, "", _always
    compiled = pattern.getCompiledRegExp()
    return pattern, _NEEDED.get(compiled.pattern, ""), compiled.search


def _always(_data: str, _start: int) -> bool:
    return True


def _is_plain(value: Any) -> bool:
    """Whether options are nothing but words and numbers, and ask for nothing that counts texts."""
    if isinstance(value, Mapping):
        return all(key != "UNIQUE_IDS" and _is_plain(one) for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return isinstance(value, _PLAIN)


def _remembered(original: Callable[..., Any]) -> Callable[..., Any]:
    known = lru_cache(maxsize=20, typed=True)(original)

    def get_formatter_by_name(_alias: str, **options: Any) -> Any:
        try:
            formatter = known(_alias, **options)
        except TypeError:  # an option that cannot be looked up
            return original(_alias, **options)
        return formatter if type(formatter) is HtmlFormatter else original(_alias, **options)

    get_formatter_by_name.is_ours = True  # type: ignore[attr-defined]
    return get_formatter_by_name
