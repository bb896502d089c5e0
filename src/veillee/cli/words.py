"""Words: how commands say numbers, and what became of a build. Nothing here is printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from veillee.site.report import BuildReport


def counted(count: int, singular: str, plural: str = "") -> str:
    """`1 post`, `3 posts`."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def posts_in_words(report: BuildReport) -> str:
    """What became of the posts, as a sum that adds up to what was read."""
    parts = {
        "published": report.published,
        "hidden": report.hidden,
        "draft": report.drafts,
        "scheduled": report.scheduled,
        "expired": report.expired,
        "left out with a problem": report.lost,
    }
    found = ", ".join(f"{count} {name}" for name, count in parts.items() if count)
    return f"{counted(report.read, 'post')}: {found}" if found else "no posts"


def build_in_words(report: BuildReport) -> Iterator[str]:
    """What a build did, and what to do next, line by line."""
    folder = report.output.rstrip("/") + "/"
    pages = f"; {counted(report.pages, 'page')}" if report.pages else ""
    yield f"{posts_in_words(report)}{pages}."
    files = counted(report.files_written + report.files_unchanged, "file")
    changed = f", {report.files_written} of them changed" if report.files_unchanged else ""
    removed = f", {report.files_removed} of an earlier build removed" if report.files_removed else ""
    yield f"Wrote {folder} in {report.seconds:.1f} s: {files}{changed}{removed}."
    if report.faults:
        yield "Mend the problems above and build again; nothing else is missing."
    elif not report.published:
        yield 'Write the first post with: veillee new story "Its title"'
    else:
        yield f"Look at it: veillee serve, or open {folder}index.html"


def build_at_rest(report: BuildReport, *, as_json: bool) -> str:
    """What the command that did this build says as long as nothing changes."""
    files = report.files_written + report.files_unchanged
    still = replace(report, files_written=0, files_unchanged=files, files_removed=0, seconds=0.0)
    if as_json:
        return json.dumps(still.as_plain(), ensure_ascii=False, indent=2)
    folder = report.output.rstrip("/") + "/"
    rest = f"Nothing has changed since the last build: {folder} holds its {counted(files, 'file')}."
    return f"{posts_in_words(report)}.\n{rest}"
