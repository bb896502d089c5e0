"""Posts whose addresses are equal by accident: each gets its own, where nobody chose the one that they share.

Other programs put dates and folders into addresses, so that `notes/index.md` of two years, or a title that comes
back each week, are no mistake there. The oldest post keeps the short address.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from veillee.model.places import slug_of
from veillee.site.content.metadata import FOLDER_FILES, slug_for
from veillee.site.content.records import Record
from veillee.site.run import Run

MOST_BYTES = 220
LONGEST = 100


def tell_apart(articles: Iterable[Any], taken: Mapping[str, str], run: Run) -> bool:
    """Gives articles that share an address another slug where theirs was not typed; True where it did."""
    everything = list(articles)
    unnamed = [article for article in everything if not article.slug]
    for article in unnamed:
        article.slug = _slug_without_title(article, run)
    groups: dict[str, list[Any]] = {}
    has_long = False
    for article in everything:
        target = article.save_as
        if is_too_long(target):
            article.slug = article.slug[:LONGEST].rpartition("-")[0] or article.slug[:LONGEST]
            target, has_long = article.save_as, True
        if not hasattr(article, "override_save_as"):
            groups.setdefault(target, []).append(article)
    shared = [(target, group) for target, group in groups.items() if len(group) > 1 or target in taken]
    run.mark_namesakes(str(article.source_path) for _, group in shared for article in group)
    moved = [_part(target, group, taken, run) for target, group in shared]
    return bool(unnamed) or has_long or any(moved)


def is_too_long(path: str) -> bool:
    """No disk takes a name of more than 255 bytes; ours are written under a longer one first."""
    return len(path.encode()) > MOST_BYTES and any(len(name.encode()) > MOST_BYTES for name in path.split("/"))


def _part(target: str, group: list[Any], taken: Mapping[str, str], run: Run) -> bool:
    """Moves all posts of a group but the one that keeps the address; twins of one day and folder stay together."""
    marks = Counter(_mark(article, run) for article in group)
    free = [article for article in group if not _is_typed(article) and marks[_mark(article, run)] == 1]
    if len(free) == len(group) and target not in taken:
        free.remove(min(free, key=lambda one: (one.date, _mark(one, run))))
    for article in free:
        article.slug = _longer_slug(article, marks, run)
        shown = run.source_file(article.source_path).shown
        run.note(f"{shown}: {target} is taken, so its address is {article.save_as}; a slug of its own would be shorter")
    return bool(free)


def _mark(article: Any, run: Run) -> tuple[str, str]:
    """The day and the folder of a post."""
    source = run.source_file(article.source_path).relative
    folder, name = posixpath.split(source)
    if name.split(".")[0].lower() in FOLDER_FILES:
        folder = posixpath.dirname(folder)
    return f"{article.date:%Y-%m-%d}", slug_of(folder.replace("/", " "))


def _longer_slug(article: Any, marks: Mapping[tuple[str, str], int], run: Run) -> str:
    """The slug with what tells the post from the others: its day, else its folder, else both."""
    day, folder = _mark(article, run)
    if sum(other_day == day for other_day, _ in marks) == 1 or not folder:
        return f"{article.slug}-{day}"
    if sum(other == folder for _, other in marks) == 1:
        return f"{folder}-{article.slug}"
    return f"{folder}-{article.slug}-{day}"


def _is_typed(article: Any) -> bool:
    record = getattr(article, "veillee", None)
    return bool(record.raw.slug if isinstance(record, Record) else article.metadata.get("slug"))


def _slug_without_title(article: Any, run: Run) -> str:
    """For a title without a letter, of which Pelican makes no slug."""
    record = getattr(article, "veillee", None)
    source = run.source_file(article.source_path)
    if isinstance(record, Record):
        return slug_for(record.raw, source, run, is_alone=True)
    return slug_of(source.path.stem) or "post"
