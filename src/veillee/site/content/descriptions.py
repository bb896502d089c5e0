"""Descriptions of pictures: posts and pages as read -> a note for each picture that tells nothing to who cannot see it.

An empty description on purpose stays possible: `image_alt: ""` above, `<img src="..." alt="">` in a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from veillee.render.tokens import attributes_of
from veillee.site.content.lines import line_of_key
from veillee.site.content.records import Record
from veillee.site.content.texts import text_of
from veillee.site.run import Run

_IMAGE = re.compile(r"<img\b[^>]*>")
_WITHOUT_WORDS = re.compile(r"!\[\s*\]\(\s*<?([^)\s>]+)")


def notes_on_descriptions(run: Run, contents: Iterable[Any]) -> Iterator[str]:
    """A note for each picture without a description."""
    for content in contents:
        record = getattr(content, "veillee", None)
        if not isinstance(record, Record):
            continue
        source = run.source_file(content.source_path)
        if record.raw.image and not (record.raw.image_alt or _is_said(source.path, record.raw.line)):
            line = line_of_key(source.path, ("image",), start=record.raw.line) or record.raw.line
            todo = 'write image_alt: what it shows, or image_alt: "" where it is an ornament'
            yield f"{source.shown}:{line}: the picture has no description; {todo}"
        texts = [text_of(content) or "", *(answer.html for answer in record.answers)]
        names = {name for text in texts for name in _undescribed(text)}
        for line, name in _lines_of(names, source.path, start=record.raw.line) if names else ():
            todo = 'write ![what it shows](...), or <img src="..." alt=""> where it is an ornament'
            yield f'{source.shown}:{line}: the picture "{name}" has no description; {todo}'


def _is_said(path: Path, start: int) -> bool:
    """Whether the head names a description, be it an empty one."""
    return bool(line_of_key(path, ("image_alt", "alt"), start=start))


def _undescribed(html: str) -> Iterator[str]:
    """The names of the files of pictures whose description is empty or lacking."""
    if "<img" in html:
        for attributes in map(attributes_of, _IMAGE.findall(html)):
            if not attributes.get("alt", "").strip():
                yield _name_of(attributes.get("src", ""))


def _lines_of(names: set[str], path: Path, *, start: int) -> Iterator[tuple[int, str]]:
    """Where a description was left out: in Markdown an empty one, in HTML none at all."""
    for number, line in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), start=1):
        if number < start:
            continue
        bare = (one for one in map(attributes_of, _IMAGE.findall(line)) if "alt" not in one)
        for url in (*_WITHOUT_WORDS.findall(line), *(one.get("src", "") for one in bare)):
            if _name_of(url) in names:
                yield number, _name_of(url)


def _name_of(url: str) -> str:
    return unquote(url).rpartition("/")[2].rpartition("}")[2]
