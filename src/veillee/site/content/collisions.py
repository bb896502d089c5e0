"""Addresses that two things want: each is named with file and line, and none of them is written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from veillee.errors import Fault
from veillee.model.places import Place
from veillee.site.content.lines import line_of_key
from veillee.site.content.records import Record
from veillee.site.run import Run

MOST_NAMED = 4


def taken_by_theme(run: Run) -> dict[str, str]:
    """Addresses of the theme's own list pages, where the theme is ours."""
    if not run.is_ours:
        return {}
    paths = [place.value for place in Place if "{" not in place.value]
    prefixes = ["", *(f"{lang}/" for lang in run.site.languages[1:])]
    return {prefix + path: "a page of the theme" for prefix in prefixes for path in paths}


def taken_by_articles(context: dict[str, Any], run: Run) -> dict[str, str]:
    articles = chain(context.get("articles", ()), context.get("hidden_articles", ()), context.get("drafts", ()))
    everything = chain.from_iterable((article, *article.translations) for article in articles)
    return {article.save_as: run.source_file(article.source_path).shown for article in everything}


def find_collisions(contents: list[Any], taken: dict[str, str], run: Run) -> dict[int, Any]:
    """Everything that would be written where something else is, by identity; each is named on the run.

    One content that chose its address with `save_as` may stand in for what has that address by rule, as in Pelican.
    """
    by_target: dict[str, list[Any]] = {}
    for content in contents:
        if target := content.save_as:
            by_target.setdefault(target, []).append(content)
    lost: dict[int, Any] = {}
    for target, group in by_target.items():
        by_rule = [content for content in group if not hasattr(content, "override_save_as")]
        if len(by_rule) > 1 or len(group) - len(by_rule) > 1 or (by_rule and target in taken):
            run.record(_collision_faults(target, group, taken.get(target), run))
            lost.update((id(content), content) for content in group)
    return lost


def _collision_faults(target: str, group: list[Any], owner: str | None, run: Run) -> Iterator[Fault]:
    places = [_place_of(content, run) for content in group]
    for path, line in places:
        others = list(islice((f"{file}:{at}" for file, at in places if (file, at) != (path, line)), MOST_NAMED))
        hidden = len(group) - 1 - len(others)
        named = " and ".join([*others, *([f"{hidden} more"] if hidden else [])])
        found = f"its address {target} is also that of {named or owner or 'another post of the same file'}"
        yield Fault(path, line, found, "one post for each address", "give one of them another slug")


def _place_of(content: Any, run: Run) -> tuple[str, int]:
    """File and line where a post begins: the line of what its address comes from, where that can be found."""
    source = run.source_file(content.source_path)
    record = getattr(content, "veillee", None)
    start = record.raw.line if isinstance(record, Record) else 1
    return source.shown, line_of_key(source.path, ("slug", "title"), start=start) or start
