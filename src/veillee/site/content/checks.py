"""Links and pictures of the content that lead nowhere: articles and pages as read -> faults with file and line.

Looks only: nothing of Pelican's state is touched, so that a checked site is built as an unchecked one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote, urlsplit

from pelican.contents import Page

from veillee.errors import Fault, nearest
from veillee.site.content.images import missing_picture
from veillee.site.content.lines import line_of_text
from veillee.site.content.links import (
    has_usual_links,
    is_inside,
    placeholder_pattern,
    target_of,
    urls_in,
    worked_out_urls_in,
)
from veillee.site.content.records import TEXT_FILES, Record, record_of
from veillee.site.content.texts import text_of
from veillee.site.run import Run, SourceFile

MOST_GUESSES = 25

_FILE_WORDS = ("filename", "static", "attach")


def check_contents(contents: Iterable[Any], context: dict[str, Any], run: Run) -> None:
    """Records a fault for every link to a file that is not there, and a note for links to what is not shown now."""
    checker = _Checker(context, run)
    for content in contents:
        checker.check(content)
    for content in [*run.left_out, *_coming(run), *_spoiled(context, run)]:
        checker.check(content, is_left_out=True)


def _coming(run: Run) -> Iterator[Any]:
    """Articles that will appear by themselves."""
    return (one.article for one in run.unshown if one.reason == "scheduled")


def _spoiled(context: dict[str, Any], run: Run) -> Iterator[Any]:
    """Posts with a fault, so that all that is wrong with them is said at once."""
    for raw, source in run.spoiled:
        record = record_of(raw, source, run)
        metadata = {"title": source.relative, "slug": "spoiled", "veillee": record}
        yield Page(record.body.html, metadata, dict(run.settings), str(source.path), context)


class _Checker:
    """Knows every file of the content, and which posts are not shown."""

    def __init__(self, context: dict[str, Any], run: Run) -> None:
        self.generated = context["generated_content"]
        self.static = context["static_content"]
        self.run = run
        self.guess_count = 0
        self.is_left_out = False
        self._existing: dict[str, bool] = {}
        self.unshown = {one.article.get_relative_source_path(): one.reason for one in run.unshown}

    def check(self, content: Any, *, is_left_out: bool = False) -> None:
        """Looks at every link; the files that a post names which is left out were not read, and may be there."""
        self.is_left_out = is_left_out
        source = self.run.source_file(content.source_path)
        record = getattr(content, "veillee", None)
        record = record if isinstance(record, Record) else None
        start = _line_of_body(record)
        bodies = [text_of(content) or "", *(answer.html for answer in (record.answers if record else ()))]
        pattern = placeholder_pattern(content)
        for url in dict.fromkeys(url for body in bodies for url in self._urls(body, content, record)):
            found = pattern.match(url)
            if found:
                self._check_placeholder(content, source, found, start)
            elif self._is_missing_picture(url, record, bodies):
                self._report_picture(url, source, start)
            elif self._is_missing_file(url, record):
                self._report_file(url, source, start)
        if record and self.run.is_ours and (fault := missing_picture(record.raw, source, self.run)):
            self._report(fault)

    def _urls(self, html: str, content: Any, record: Record | None) -> Iterable[str]:
        """Those that may be at fault: where nobody but Pelican says what a link means, the ones that it works out."""
        if self._is_ours(record) or not has_usual_links(content):
            return urls_in(html)
        return worked_out_urls_in(html)

    def _check_placeholder(self, content: Any, source: SourceFile, found: re.Match[str], start: int) -> None:
        what, value = found["what"], found["value"]
        if what not in _FILE_WORDS:
            return
        path = urlsplit(unescape(value)).path
        targets = [target_of(content, one) for one in dict.fromkeys((path, unquote(path)))]
        for target in targets:
            if self._is_there(target, is_text=what == "filename"):
                self._note_unshown(target, source, path, start)
                return
        line = line_of_text(source.path, path, start=start)
        self.run.record([self._broken(source, line, f"{{{what}}}{path}", targets[-1])])

    def _is_there(self, target: str, *, is_text: bool) -> bool:
        """Pelican keeps a static file that a link names without looking whether it exists."""
        if is_text and self.generated.get(target) is not None:
            return True
        is_known = self.is_left_out or target in self.static
        return is_known and self._exists(target)

    def _exists(self, target: str) -> bool:
        known = self._existing.get(target)
        if known is None:
            known = self._existing[target] = is_inside(target) and (self.run.site.content / target).exists()
        return known

    def _broken(self, source: SourceFile, line: int, shown: str, target: str) -> Fault:
        if target in self.generated:
            todo = "mend the problems of that file first"
            return Fault(
                source.shown, line, f'the link "{shown}" leads to {target}, which has problems itself', "", todo
            )
        near = self._near(target)
        todo = f"did you mean {near}?" if near else "mend the path, or remove the link"
        return Fault(source.shown, line, f'the link "{shown}" leads to a file that is not there', "", todo)

    def _near(self, target: str) -> str | None:
        """The file that was probably meant; looking for it takes a while, so only for the first few links."""
        self.guess_count += 1
        if self.guess_count > MOST_GUESSES:
            return None
        return nearest(target, (name for name in {*self.generated, *self.static} if self._is_there(name, is_text=True)))

    def _note_unshown(self, target: str, source: SourceFile, path: str, start: int) -> None:
        reason = self.unshown.get(target)
        if reason:
            line = line_of_text(source.path, path, start=start)
            self.run.note(
                f"{source.shown}:{line}: the link to {target} leads nowhere now: that post is {_SAID[reason]}"
            )

    def _is_missing_picture(self, url: str, record: Record | None, bodies: list[str]) -> bool:
        """A relative picture that no file of the content answers; on other people's sites it may be anything."""
        return self._is_relative(url, record) and any(f'src="{url}"' in body for body in bodies)

    def _is_missing_file(self, url: str, record: Record | None) -> bool:
        """A relative link to a file of posts that was not found when the post was read."""
        return self._is_relative(url, record) and posixpath.splitext(urlsplit(url).path)[1] in TEXT_FILES

    def _is_relative(self, url: str, record: Record | None) -> bool:
        if not self._is_ours(record):
            return False
        parts = urlsplit(url)
        return not parts.scheme and not parts.netloc and bool(parts.path) and not parts.path.startswith("/")

    def _is_ours(self, record: Record | None) -> bool:
        """Whether relative links mean files of the content."""
        return record is not None and not record.is_pelicans and self.run.is_ours

    def _report_file(self, url: str, source: SourceFile, start: int) -> None:
        path = unquote(urlsplit(url).path)
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source.relative), path))
        self._report(self._broken(source, line_of_text(source.path, path, start=start), path, target))

    def _report_picture(self, url: str, source: SourceFile, start: int) -> None:
        line = line_of_text(source.path, unquote(url), start=start)
        todo = "put the file beside the post or into images/, or mend the path"
        self._report(Fault(source.shown, line, f'the image "{unquote(url)}" is not there', "", todo))

    def _report(self, fault: Fault) -> None:
        if self.run.is_foreign:
            self.run.note(str(fault))
        else:
            self.run.record([fault])


def _line_of_body(record: Record | None) -> int:
    """Where to look for links: below the head, which names the post's picture."""
    if record is None:
        return 1
    return record.raw.line if record.raw.header == "record" else record.raw.body_line


_SAID = {"draft": "a draft", "scheduled": "not published yet", "expired": "expired"}
