"""Collecting: what Pelican's generators write -> jobs, to be rendered once all of them are known.

Pelican decides names, pages of lists and contexts as ever; only the rendering waits.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import Any

from pelican.plugins import signals
from pelican.utils import sanitised_join

from veillee.site.listeners import others_listen
from veillee.site.outputs.attached import AttachedFiles
from veillee.site.outputs.contexts import Bases, SharedContext
from veillee.site.outputs.items import add_item
from veillee.site.outputs.jobs import FeedJob, Job, PageJob
from veillee.site.outputs.making import Made
from veillee.site.outputs.records import Records
from veillee.site.outputs.writing import WholeFileWriter, write_whole

_OF_WRITING = (
    signals.article_generator_write_article,
    signals.article_writer_finalized,
    signals.page_generator_write_page,
    signals.page_writer_finalized,
    signals.content_written,
    signals.feed_generated,
    signals.feed_written,
    signals.finalized,
)
_OF_EVERY_PAGE = ("output_file", "SITEURL", "localsiteurl")
_OF_LISTS = frozenset(
    f"{row}_{what}" for row in ("articles", "dates") for what in ("paginator", "page", "previous_page", "next_page")
)
"""What Pelican adds for each part of a list."""
_OF_PAGINATED = frozenset({"paginated", "template_name", "articles", "dates", *_OF_EVERY_PAGE})
_PLAIN_NAME = re.compile(r"(?:[\w-][\w.-]*/)*[\w-][\w.-]*")
"""An address that stays what it is when it is put below a folder."""


FeedSource = tuple[list[Any], str, str, str | None]
"""What a feed of Pelican's is made of: its contents, its address, its kind and its title."""


def may_wait() -> bool:
    """Whether nobody but us listens to what is written: a plugin that does finds each file in its place at once."""
    return not others_listen(_OF_WRITING)


class CollectingWriter(WholeFileWriter):
    """Pelican's writer, which renders nothing."""

    def __init__(self, output_path: str, settings: dict[str, Any] | None = None) -> None:
        super().__init__(output_path, settings=settings)
        assert self.run is not None
        self._run = self.run
        self._run.writer = self
        self.jobs: dict[str, Job] = {}
        self.records = Records(b"")
        self.made: tuple[Made, ...] = ()
        self._asked: tuple[Any, dict[str, Any], frozenset[str]] | None = None
        self._known_names: dict[tuple[str, ...], frozenset[str]] = {}

    @cached_property
    def _bases(self) -> Bases:
        return Bases(self._run.shared)

    @property
    def may_attach(self) -> bool:
        """Whether a text may move a file."""
        return self._attached.is_needed

    @cached_property
    def _attached(self) -> AttachedFiles:
        return AttachedFiles(self._run.shared["generated_content"].values())

    def attach_nothing(self) -> None:
        """It is known that no text moves a file."""
        self._attached = AttachedFiles(())

    def leave_out(self, paths: Iterable[str]) -> None:
        """Something else stands at these addresses."""
        self._overridden_files.update(f"{self.output_path}/{path}" for path in paths)

    def write_file(self, name: str, template: Any, context: dict[str, Any], *rest: Any, **named: Any) -> None:
        if not rest and self._is_single(name, context, named):
            self._collect_single(name, template, self._own_names(tuple(named)), **named)
            return
        own = {*_OF_EVERY_PAGE, *named}
        if context is not self._run.shared:
            own.update(key for key, value in context.items() if self._run.shared.get(key, self) is not value)
        super().write_file(name, _Waiting(template, self, frozenset(own)), context, *rest, **named)

    def _is_single(self, name: str, context: dict[str, Any], named: Mapping[str, Any]) -> bool:
        """Whether a page is no part of a list, and says nothing of what Pelican works out for each page."""
        return (
            isinstance(context, SharedContext)
            and context is self._run.shared
            and not (named.get("relative_urls") or _OF_PAGINATED & named.keys())
            and isinstance(name, str)
            and bool(_PLAIN_NAME.fullmatch(name))
            and not signals.content_written.receivers
        )

    def _collect_single(
        self,
        name: str,
        template: Any,
        own: frozenset[str],
        *,
        override_output: bool = False,
        relative_urls: bool = False,  # noqa: ARG002 it is not set
        url: Any = None,  # noqa: ARG002 it is for lists
        **named: Any,
    ) -> None:
        """What Pelican does for a page of an article, without a copy of all names and a folder looked for each time."""
        self._asked = None
        if self._takes(f"{self._folder}/{name}", override=override_output):
            shared = self._run.shared
            of_every_page = {"localsiteurl": shared.get("localsiteurl"), "output_file": name}
            if "SITEURL" in shared:
                of_every_page["SITEURL"] = shared["SITEURL"]
            context = self._bases.besides(of_every_page | named)
            self._attached.shown_by_page(context)
            self.jobs[name] = PageJob(name, "utf-8", template, context, shared, own, self._site_url)

    @cached_property
    def _folder(self) -> str:
        return str(sanitised_join(self.output_path))

    def _own_names(self, named: tuple[str, ...]) -> frozenset[str]:
        known = self._known_names.get(named)
        if known is None:
            known = self._known_names[named] = frozenset((*_OF_EVERY_PAGE, *named))
        return known

    def write_feed(
        self,
        elements: Any,
        context: dict[str, Any],
        path: str | None = None,
        url: str | None = None,
        feed_type: str = "atom",
        override_output: bool = False,  # noqa: FBT001, FBT002
        feed_title: str | None = None,
    ) -> Any:
        if not path:
            return super().write_feed(elements, context, path, url, feed_type, override_output, feed_title)
        self._asked = None
        shown = list(elements[: self.settings["FEED_MAX_ITEMS"]])
        with self._open_w(f"{self.output_path}/{path}", "utf-8", override_output) as file:
            if isinstance(file, _Awaited):
                self._attached.shown_by_feed(shown, context.get("SITEURL", ""))
                file.job = self.feed_job(
                    file.path, (shown, url or path, feed_type, feed_title), context, self._site_url
                )
        return None

    def feed_job(self, path: str, source: FeedSource, context: dict[str, Any], site_url: str) -> FeedJob:
        """The job of writing a feed of Pelican's."""
        return FeedJob(path, source, partial(self._feed, *source, context), self._run.shared, site_url)

    def begin_anew(self) -> None:
        """From now on pages may be asked for once more; each takes the place of the one before."""
        self._written_files.clear()
        self._overridden_files.clear()

    def collect(self, path: str, source: object, make: Callable[[], bytes]) -> None:
        """A file that is the same for the same source."""
        self.jobs[path] = FeedJob(path, source, make, self._run.shared, self._site_url)

    def _feed(self, elements: list[Any], url: str, kind: str, title: str | None, context: dict[str, Any]) -> bytes:
        feed = super().write_feed(elements, {**context}, None, url, kind, False, title)
        file = io.StringIO()
        feed.write(file, "utf-8")
        return file.getvalue().encode()

    def _add_item_to_the_feed(self, feed: Any, item: Any) -> None:
        add_item(feed, item, self.site_url, super()._add_item_to_the_feed)

    @property
    def _site_url(self) -> str:
        return str(self._run.shared.get("localsiteurl") or "")

    def ask(self, template: Any, context: dict[str, Any], own: frozenset[str]) -> None:
        """The page that is opened next is this one; `own` are the names that it does not share with all others."""
        if "articles" in own or "dates" in own:
            own |= _OF_LISTS & context.keys()
        self._asked = template, context, own

    def _opened(self, path: str, encoding: str) -> io.StringIO:
        job = None
        if self._asked is not None:
            template, context, own = self._asked
            self._attached.shown_by_page(context)
            job = PageJob(path, encoding, template, self._bases.of(context, own), self._run.shared, own, self._site_url)
        return _Awaited(path, job, self)


def put_file(writer: Any, path: str, source: object, make: Callable[[], bytes], *, output: Path) -> None:
    """A file that no template makes, the same for the same source, by whatever writer a site has."""
    if isinstance(writer, CollectingWriter):
        writer.collect(path, source, make)
    elif isinstance(writer, WholeFileWriter):
        writer.put(path, make())
    else:
        write_whole(output / path, make())


class _Waiting:
    """Stands for a template while Pelican calls for a page."""

    def __init__(self, template: Any, writer: CollectingWriter, own: frozenset[str]) -> None:
        self._template = template
        self._writer = writer
        self._own = own

    def render(self, context: dict[str, Any]) -> str:
        self._writer.ask(self._template, context, self._own)
        return ""


class _Awaited(io.StringIO):
    """Stands for a file that will be written."""

    def __init__(self, path: str, job: Job | None, writer: CollectingWriter) -> None:
        super().__init__()
        self.path = path
        self.job = job
        self._writer = writer

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self.job is not None:
            self._writer.jobs[self.path] = self.job
        super().__exit__(kind, error, trace)
