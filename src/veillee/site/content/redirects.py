"""Old addresses (`aliases:`) of posts and pages -> redirects; one that somebody else has is a fault with its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from veillee.errors import Fault
from veillee.site.content.collisions import taken_by_theme
from veillee.site.content.community import absolute_address
from veillee.site.content.records import Record
from veillee.site.run import Run


@dataclass(frozen=True, slots=True)
class Redirect:
    """From an output path to the absolute URL of what stood there, with that one's title and language."""

    path: str
    url: str
    title: str
    lang: str


def redirects_of(run: Run) -> tuple[Redirect, ...]:
    """Every redirect of the contents that are written, by path; faults are recorded on the run."""
    written = {str(content.save_as): run.source_file(content.source_path).shown for content in run.contents}
    taken = {**taken_by_theme(run), **written}
    found: dict[str, Redirect] = {}
    for redirect, shown, line in _claims(run.contents, run):
        owner = taken.get(redirect.path)
        if owner is None:
            taken[redirect.path] = f"{shown}:{line}"
            found[redirect.path] = redirect
        elif owner != shown or redirect.path in written:
            run.record([_fault(redirect, owner, shown, line)])
    return tuple(found[path] for path in sorted(found))


def _claims(contents: Iterable[Any], run: Run) -> Iterator[tuple[Redirect, str, int]]:
    for content in contents:
        record = getattr(content, "veillee", None)
        for path, line in record.raw.aliases if isinstance(record, Record) else ():
            redirect = Redirect(path, absolute_address(content.url, run), str(content.title), content.lang)
            yield redirect, run.source_file(content.source_path).shown, line


def _fault(redirect: Redirect, owner: str, shown: str, line: int) -> Fault:
    found = f"the old address {redirect.path} is that of {owner}"
    return Fault(shown, line, found, "an address where nothing else stands", "remove it from aliases")
