"""Asking: everything that pages show -> the pictures that will be made, and faults where one cannot be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from veillee.errors import Fault
from veillee.render.tokens import attributes_of
from veillee.site.content.lines import line_of_text
from veillee.site.content.links import path_below
from veillee.site.content.records import Record
from veillee.site.pictures.gallery import Gallery
from veillee.site.run import Run, SourceFile

_IMAGE = re.compile(r"<img\b[^>]*>")
_TODO = "save it once more as JPEG, PNG or WebP, not larger than 10,000 pixels, or take another one"


def ask_for_pictures(run: Run, static_content: Mapping[str, Any]) -> None:
    """Every picture of posts, pages and members is looked at; a broken one is a fault where it is named."""
    assert isinstance(run.gallery, Gallery)
    asker = _Asker(run, run.gallery, static_content)
    shown = [(content, tuple(asker.paths_of(content))) for content in run.contents]
    faces = [(member, path) for member in run.members if member.avatar and (path := asker.path_of(member.avatar.url))]
    named = chain.from_iterable([*(paths for _, paths in shown), [path for _, path in faces]])
    run.gallery.look_ahead(map(asker.target, named))
    for content, paths in shown:
        for path in paths:
            asker.ask(path, run.source_file(content.source_path), start=_first_line(content))
    for member, path in faces:
        asker.ask(path, run.source_file(run.site.content / member.source), start=1, is_face=True)


def ask_in_text(html: str, run: Run) -> None:
    """The pictures of a text that is no content of its own, such as an introduction."""
    for path in pictures_in(html, run.url):
        run.gallery.picture(path)


class _Asker:
    def __init__(self, run: Run, gallery: Gallery, static_content: Mapping[str, Any]) -> None:
        self._run = run
        self._gallery = gallery
        self._targets = {str(file.save_as): target for target, file in static_content.items()}

    def target(self, path: str) -> str:
        """The file of the content behind an output path."""
        return self._targets.get(path, path)

    def path_of(self, url: str) -> str:
        path = path_below(url, self._run.url)
        return unquote(path) if path else ""

    def paths_of(self, content: Any) -> Iterable[str]:
        post = getattr(content, "post", None)
        if post is not None:
            return pictures_of(post, self._run.url)
        html = content.get_content(self._run.url) if "<img" in (content._content or "") else ""
        return pictures_in(html, self._run.url)

    def ask(self, path: str, source: SourceFile, *, start: int, is_face: bool = False) -> None:
        target = self.target(path)
        seen = self._gallery.seen(target)
        if seen is not None and seen.trouble:
            line = line_of_text(source.path, Path(target).name, start=start)
            found = f'the picture "{target}" {seen.trouble}'
            self._run.record([Fault(source.shown, line, found, "a whole picture", _TODO)])
        elif is_face:
            self._gallery.face(target, path)
        else:
            self._gallery.picture(target, path)


def _first_line(content: Any) -> int:
    record = getattr(content, "veillee", None)
    return record.raw.line if isinstance(record, Record) else 1


def pictures_in(html: str, site_url: str) -> Iterator[str]:
    """The output path of each picture of the site in a text whose addresses are absolute."""
    if "<img" in html:
        for tag in _IMAGE.findall(html):
            path = path_below(unescape(attributes_of(tag).get("src", "")), site_url)
            if path:
                yield unquote(path)


def pictures_of(post: Any, site_url: str) -> Iterator[str]:
    """The same for all that a post shows."""
    if post.image and (path := path_below(post.image.url, site_url)):
        yield unquote(path)
    for html in (post.html, *(answer.html for answer in post.answers)):
        yield from pictures_in(html, site_url)
