"""Files that go along with posts: what pictures, answers and links name is copied into the site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any
from urllib.parse import unquote, urlsplit

from veillee.site.content.images import picture_file
from veillee.site.content.links import is_inside, placeholder_pattern, target_of, urls_in
from veillee.site.content.records import Record
from veillee.site.run import Run


def files_asked_for(contents: Iterable[Any], run: Run) -> Iterator[str]:
    """The files that pictures and answers name, which Pelican does not look for itself."""
    for content in contents:
        record = getattr(content, "veillee", None)
        if not isinstance(record, Record):
            continue
        target = picture_file(record.raw.image or "", run.source_file(content.source_path), run)
        if target:
            yield target
        pattern = placeholder_pattern(content)
        for found in filter(None, map(pattern.match, _urls_of_answers(record))):
            if found["what"] in ("static", "attach"):
                yield target_of(content, unquote(urlsplit(found["value"]).path))


def _urls_of_answers(record: Record) -> Iterator[str]:
    return chain.from_iterable(urls_in(answer.html) for answer in record.answers)


def settle_files(context: dict[str, Any], run: Run) -> None:
    """Names of linked files as they are on the disk: in HTML, accents and spaces are percent-encoded."""
    asked: set[str] = context["static_links"]
    missing = {name for name in asked if not (run.site.content / name).exists()}
    asked |= {unquote(name) for name in missing if (run.site.content / unquote(name)).exists()}
    if run.is_ours:  # the check names what is taken out
        asked -= missing  # Pelican would pretend that it copied them
        asked -= {name for name in asked if not is_inside(name)}  # Pelican would write them outside of the output
