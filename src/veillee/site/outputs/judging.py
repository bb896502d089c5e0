"""Judging: facts of an earlier build, and the site as it is now -> what each of them comes to now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment
from jinja2.exceptions import TemplateNotFound
from jinja2.utils import missing

from veillee.site.outputs.answers import Answers
from veillee.site.outputs.beforehand import Digests
from veillee.site.outputs.contents import Contents
from veillee.site.outputs.digests import Digester, UnknownValueError
from veillee.site.outputs.jobs import FeedJob, PageJob
from veillee.site.outputs.tracking import (
    ALL,
    ANSWER,
    BODY,
    FIELD,
    HOP,
    ITEMS,
    LENGTH,
    NAME,
    SOME,
    SUMMARY,
    TEMPLATE,
    Fact,
    Path,
)

UNKNOWN = b""
"""The digest of what cannot be digested: equal to none, not even to itself."""

_ABSENT = b"absent"
_OF_FEEDS = ("SITENAME", "SITEURL", "SITESUBTITLE", "FEED_DOMAIN")


class Judge:
    """Digests of facts, as the site is now; `known` are those of contents that are known beforehand."""

    def __init__(
        self, shared: Mapping[str, Any], contents: Contents, answers: Answers, known: Digests | None = None
    ) -> None:
        self._shared = shared
        self._contents = contents
        self._answers = answers
        self._digester = Digester(lambda: str(shared.get("localsiteurl") or ""), known)
        self._global: dict[Fact, bytes] = {}
        self._feed_items: dict[int, bytes] = {}
        self._templates: dict[tuple[int, str], bytes] = {}

    def is_local(self, fact: Fact, job: PageJob) -> bool:
        """Whether a fact is about what this page alone has in its context."""
        kind = fact[0]
        if kind in (BODY, SUMMARY, HOP, ANSWER):
            return True
        if kind == TEMPLATE:
            return False
        name = fact[1] if isinstance(fact[1], str) else fact[1][0]
        return name in job.local

    def digest(self, fact: Fact, job: PageJob) -> bytes:
        """What a fact comes to now; `UNKNOWN` where nobody can say."""
        if self.is_local(fact, job):
            return self._evaluated(fact, job)
        known = self._global.get(fact)
        if known is None:
            known = self._global[fact] = self._evaluated(fact, job)
        return known

    def of_feed(self, job: FeedJob) -> bytes:
        """What a feed is made of: its items with their texts, and what all feeds say of the site."""
        job.shared["localsiteurl"] = job.site_url
        site = [self._shared.get(name) for name in _OF_FEEDS]
        try:
            if isinstance(job.source, tuple) and isinstance(job.source[0], list):
                shown, *rest = job.source
                items = b"".join([self._item_of_feed(one) for one in shown])
                return self._digester.value([site, rest, items])
            return self._digester.value([site, job.source])
        except UnknownValueError:
            return UNKNOWN

    def _item_of_feed(self, content: Any) -> bytes:
        known = self._feed_items.get(id(content))
        if known is None:
            digester = self._digester
            known = digester.item(content) + digester.body(content) + digester.summary(content)
            self._feed_items[id(content)] = known
        return known

    def _evaluated(self, fact: Fact, job: PageJob) -> bytes:
        kind, *rest = fact
        job.shared["localsiteurl"] = job.site_url
        try:
            return _EVALUATORS[kind](self, job, *rest)
        except UnknownValueError:
            return UNKNOWN

    def _of_name(self, job: PageJob, name: str) -> bytes:
        value = job.context.get(name, missing)
        if value is missing:
            value = job.environment.globals.get(name, missing)
        return _ABSENT if value is missing else self._digester.value(value)

    def _of_items(self, job: PageJob, path: Path, first: int, end: int) -> bytes:
        row = _at(path, job.context)
        if row is None:
            return _ABSENT
        if first == 0:
            return self._digester.beginning(row, end)
        return self._digester.items(list.__getitem__(row, slice(first, end)))

    def _of_all(self, job: PageJob, path: Path) -> bytes:
        row = _at(path, job.context)
        return _ABSENT if row is None else self._digester.beginning(row, list.__len__(row))

    def _of_length(self, job: PageJob, path: Path) -> bytes:
        row = _at(path, job.context)
        return _ABSENT if row is None else b"%d" % list.__len__(row)

    def _of_some(self, job: PageJob, path: Path) -> bytes:
        row = _at(path, job.context)
        return _ABSENT if row is None else b"%d" % (list.__len__(row) > 0)

    def _of_body(self, job: PageJob, path: str) -> bytes:
        content = self._contents.by_path.get(path or job.path)
        return _ABSENT if content is None else self._digester.body(content)

    def _of_summary(self, job: PageJob, path: str) -> bytes:
        content = self._contents.by_path.get(path or job.path)
        return _ABSENT if content is None else self._digester.summary(content)

    def _of_hop(self, job: PageJob, path: str) -> bytes:
        content = self._contents.by_path.get(path or job.path)
        if content is None:  # a build that is done over knows of no contents, and keeps no digests
            return UNKNOWN if self._contents.by_path else _ABSENT
        return self._digester.item(content)

    def _of_template(self, job: PageJob, name: str) -> bytes:
        if not name:
            return UNKNOWN
        key = id(job.environment), name
        if key not in self._templates:
            self._templates[key] = self._source(job.environment, name)
        return self._templates[key]

    def _source(self, environment: Environment, name: str) -> bytes:
        try:
            source, _, _ = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
        except TemplateNotFound:
            return _ABSENT
        return self._digester.value(source)

    def _of_answer(self, job: PageJob, name: str, key: tuple[Any, ...]) -> bytes:
        found = self._answers.answer(name, job.context, key, self._contents)
        return _ABSENT if found is missing else self._digester.value(found)

    def _of_field(self, job: PageJob, key: str, name: str, *arguments: Any) -> bytes:
        found = getattr(job.context.get(key), name, missing)
        if found is missing:
            return _ABSENT
        return self._digester.value(found(*arguments) if callable(found) else found)


_EVALUATORS: dict[str, Callable[..., bytes]] = {
    NAME: Judge._of_name,
    ITEMS: Judge._of_items,
    ALL: Judge._of_all,
    LENGTH: Judge._of_length,
    SOME: Judge._of_some,
    BODY: Judge._of_body,
    SUMMARY: Judge._of_summary,
    HOP: Judge._of_hop,
    TEMPLATE: Judge._of_template,
    ANSWER: Judge._of_answer,
    FIELD: Judge._of_field,
}


def _at(path: Path, context: Mapping[str, Any]) -> list[Any] | None:
    """The list at a path of the context; None where none is there any more."""
    value: Any = context.get(path[0])
    for step in path[1:]:
        try:
            value = getattr(value, step) if isinstance(step, str) else list.__getitem__(value, step)[1]
        except (AttributeError, LookupError, TypeError):
            return None
    return value if isinstance(value, list) else None


def in_words(fact: Fact) -> str:
    """A fact for people: what a page had read that is another now."""
    kind, what = fact[0], fact[1]
    name = what if isinstance(what, str) else ".".join(map(str, what))
    return {
        NAME: f"{name} has changed",
        ITEMS: f"{name} number {fact[2] + 1 if kind == ITEMS else 1} to {fact[-1]} have changed",
        ALL: f"the list {name} has changed",
        LENGTH: f"there are more or fewer {name}",
        SOME: f"there are now some, or no more, {name}",
        BODY: f"the text of {name} has changed" if name else "its text has changed",
        HOP: f"what {name or 'it'} leads to has changed",
        SUMMARY: f"the summary of {name} has changed" if name else "its summary has changed",
        TEMPLATE: f"the template {name} has changed" if name else "it hangs on templates whose names are worked out",
        ANSWER: f"{name} says something else",
        FIELD: f"{name}.{fact[-1]} has changed",
    }[kind]
