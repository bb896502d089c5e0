"""The one Jinja pass: templates and a view -> text. No disk, no network, no second pass over what members wrote.

An environment reaches the texts of one `NewsletterTemplates` and nothing else, in a sandbox, with undefined names as
errors. In MJML every tag of a template is marked with its file and line, so that faults found afterwards have a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError, TemplateNotFound
from jinja2.ext import Extension
from jinja2.lexer import Token as JinjaToken
from jinja2.lexer import TokenStream
from jinja2.sandbox import ImmutableSandboxedEnvironment

from veillee.errors import ContentError, Fault, nearest
from veillee.languages import Language
from veillee.model.newsletter import NewsletterTemplates
from veillee.render.newsletter.document import MARK
from veillee.render.newsletter.view import NAMES

MAX_FILE_BYTES = 200_000
MAX_RENDERED_CHARS = 2_000_000
MAX_INCLUDE_DEPTH = 8
MJML, TEXT = "newsletter.mjml", "newsletter.txt"

_TAG = re.compile(r"<!--.*?-->|<[A-Za-z][A-Za-z0-9:-]*", re.DOTALL)
_MJ_INCLUDE = re.compile(
    r"""<mj-include\s+path\s*=\s*["'](?:\./)?(?P<path>[\w./-]+)["']\s*(?:/>|>\s*</mj-include\s*>)""",
)


class Newsletter:
    """The templates of one digest, ready to be rendered in any language."""

    def __init__(self, templates: NewsletterTemplates) -> None:
        self.templates = templates
        self._sources = {**templates.includes, MJML: templates.mjml, TEXT: templates.text}
        self._names = (MJML, TEXT, *sorted(templates.includes))
        self._environments = {name: self._environment(name) for name in (MJML, TEXT)}

    @property
    def files(self) -> tuple[str, ...]:
        """The paths that the marks count."""
        return tuple(self.path_of(name) for name in self._names)

    def path_of(self, name: str | None) -> str:
        paths = {MJML: self.templates.mjml_path, TEXT: self.templates.text_path}
        return paths.get(name or MJML) or self.templates.path_of(str(name))

    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the templates before anything is rendered: syntax, includes, sizes."""
        return tuple(sorted({fault for name in (MJML, TEXT) for fault in _IncludeWalk(self, name).run()}))

    def source_of(self, name: str) -> str | None:
        return self._sources.get(name)

    def render(self, name: str, context: Mapping[str, Any], *, speaker: Language) -> str:
        """The text that one of the two templates makes. Raises ContentError with file and line."""
        words = {"_": speaker.gettext, "ngettext": _counted(speaker), "number": speaker.format_number}
        try:
            return _limited(self._environments[name].get_template(name).generate(words, **context), self.path_of(name))
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as err:
            raise ContentError(faults=[self._fault(err, name)]) from err

    def tree_of(self, name: str, *, seen_from: str) -> nodes.Template:
        """A template as Jinja parses it; raises TemplateSyntaxError."""
        return self._environments[seen_from].parse(_with_jinja_includes(self._sources[name]), name)

    def _environment(self, name: str) -> ImmutableSandboxedEnvironment:
        environment = ImmutableSandboxedEnvironment(
            loader=FunctionLoader(self._load),
            autoescape=name == MJML,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            extensions=[MarkTags] if name == MJML else [],
        )
        environment.globals = {key: environment.globals[key] for key in ("range", "namespace")}
        environment.globals["veillee_files"] = {name: number for number, name in enumerate(self._names)}
        return environment

    def _load(self, name: str) -> tuple[str, str, None] | None:
        """A template's text; its name stands for the file, so that tracebacks tell templates apart."""
        source = self._sources.get(name)
        return None if source is None else (_with_jinja_includes(source), name, None)

    def _fault(self, err: BaseException, name: str) -> Fault:
        path, line = self._place_of(err, name)
        message = " ".join(str(err).split())[:200]
        match err:
            case UndefinedError():
                return _missing_fault(message, path, line)
            case TemplateSyntaxError():
                return Fault(path, line, f"Jinja cannot read this: {message}", "", "correct the template")
            case TemplateNotFound():
                return Fault(path, line, f'there is no "{message}" to include', self.includable, "correct the name")
            case SecurityError():
                return Fault(path, line, f"this is not allowed in a template: {message}", "", "take it out")
            case RecursionError():
                return Fault(path, line, "the template calls itself without end", "", "break the circle")
            case _:
                return Fault(path, line, f"the template failed: {message}", "", "correct the template")

    @property
    def includable(self) -> str:
        return "files: " + (", ".join(sorted(self.templates.includes)) or "none")

    def _place_of(self, err: BaseException, name: str) -> tuple[str, int]:
        """The innermost template line that an exception passed through, as Jinja rewrote its traceback."""
        if isinstance(err, TemplateSyntaxError):
            return self.path_of(err.name or name), err.lineno
        path, line, trace = self.path_of(name), 0, err.__traceback__
        while trace:
            file = trace.tb_frame.f_code.co_filename
            if file in self._sources:
                path, line = self.path_of(file), trace.tb_lineno
            trace = trace.tb_next
        return path, line


def _missing_fault(message: str, path: str, line: int) -> Fault:
    """A name that the template asks for in vain, and the one that was probably meant."""
    quoted = re.findall(r"'([^']*)'", message)
    name = quoted[-1] if "has no attribute" in message and quoted else (quoted or [message])[0]
    near = nearest(name, NAMES)
    todo = f"did you mean {near}?" if near else f"the names are: {', '.join(sorted(NAMES))}"
    return Fault(path, line, f'the template asks for "{name}", which is not there', "", todo)


class MarkTags(Extension):
    """Puts `MARK="file:line"` into every tag that stands in a template's own text."""

    def filter_stream(self, stream: TokenStream) -> Iterator[JinjaToken]:
        files: dict[str, int] = dict(self.environment.globals["veillee_files"])  # type: ignore[call-overload]
        number = files.get(stream.name or "", 0)
        for token in stream:
            if token.type == "data":
                yield JinjaToken(token.lineno, "data", _marked(token.value, number, token.lineno))
            else:
                yield token


def _with_jinja_includes(source: str) -> str:
    """`mj-include` as an include of Jinja's, on the same line: one way in, with one set of limits."""
    return _MJ_INCLUDE.sub(
        lambda match: f'{{% include "{match["path"]}" %}}' + "\n" * match[0].count("\n"),
        source,
    )


def _marked(text: str, number: int, first_line: int) -> str:
    def mark(match: re.Match[str]) -> str:
        if match[0].startswith("<!--"):
            return match[0]
        return f'{match[0]} {MARK}="{number}:{first_line + text.count(chr(10), 0, match.start())}"'

    return _TAG.sub(mark, text)


def _counted(speaker: Language) -> Any:
    """`ngettext` that fills in the number, written as the language writes it."""

    def ngettext(singular: str, plural: str, count: int) -> str:
        return speaker.ngettext(singular, plural, count).replace("%(count)s", speaker.format_number(count))

    return ngettext


def _limited(pieces: Iterator[str], path: str) -> str:
    kept: list[str] = []
    size = 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size > MAX_RENDERED_CHARS:
            found = f"the template makes more than {MAX_RENDERED_CHARS:,} characters"
            raise ContentError(faults=[Fault(path, 0, found, "", "look for a loop that runs too often")])
    return "".join(kept)


class _IncludeWalk:
    """Follows includes from one template: every file parsed once, circles and depth found without rendering."""

    def __init__(self, newsletter: Newsletter, start: str) -> None:
        self.newsletter = newsletter
        self.start = start
        self.faults: list[Fault] = []
        self.seen: set[str] = set()

    def run(self) -> list[Fault]:
        self._visit(self.start, (self.start,))
        return self.faults

    def _visit(self, name: str, trail: tuple[str, ...]) -> None:
        if name in self.seen:
            return
        tree = self._parsed(name)
        for line, wanted in _includes(tree) if tree else ():
            self._follow(name, line, wanted, trail)
        self.seen.add(name)

    def _parsed(self, name: str) -> nodes.Template | None:
        path, source = self.newsletter.path_of(name), self.newsletter.source_of(name) or ""
        size = len(source.encode("utf-8", "replace"))
        if size > MAX_FILE_BYTES:
            self.faults.append(Fault(path, 0, f"the template has {size:,} bytes", f"{MAX_FILE_BYTES:,}", "shorten it"))
            return None
        try:
            return self.newsletter.tree_of(name, seen_from=self.start)
        except TemplateSyntaxError as err:
            todo = "correct the template"
            self.faults.append(Fault(path, err.lineno, f"Jinja cannot read this: {err.message}", "", todo))
            return None

    def _follow(self, name: str, line: int, wanted: str | None, trail: tuple[str, ...]) -> None:
        path = self.newsletter.path_of(name)
        if wanted is None:
            fault = Fault(path, line, "the name of an include is computed", "a fixed name", "write the name in quotes")
        elif self.newsletter.source_of(wanted) is None or wanted in (MJML, TEXT):
            found = f'there is no "{wanted}" to include'
            fault = Fault(path, line, found, self.newsletter.includable, "correct the name")
        elif wanted in trail:
            circle = " -> ".join((*trail[trail.index(wanted) :], wanted))
            fault = Fault(path, line, f"files include each other: {circle}", "", "break the circle")
        elif len(trail) >= MAX_INCLUDE_DEPTH:
            fault = Fault(
                path, line, f"includes are {len(trail)} deep", f"{MAX_INCLUDE_DEPTH - 1}", "include less deeply"
            )
        else:
            self._visit(wanted, (*trail, wanted))
            return
        self.faults.append(fault)


def _includes(tree: nodes.Template) -> Iterator[tuple[int, str | None]]:
    """The line and name of everything that a template includes or imports; None where the name is computed."""
    for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        target = node.template  # type: ignore[attr-defined]
        is_fixed = isinstance(target, nodes.Const) and isinstance(target.value, str)
        yield node.lineno, target.value if is_fixed else None
