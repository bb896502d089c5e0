"""Why an edition is as it is proposed: a table for people, a document for programs."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from veillee.cli.console import say
from veillee.cli.digest.drafting import Draft
from veillee.editorial.candidates import originals
from veillee.editorial.proposal import Refusal, Why
from veillee.model.edition import Digest

Row = tuple[str, str, str]

_GROUPED = {
    Why.OUTSIDE: "of another time",
    Why.WITHDRAWN: "not on the site (drafts, hidden, expired)",
    Why.CARRIED: "carried by earlier editions",
}
"""Refusals that are counted where there are many of them."""

_MANY = 8


def say_explanation(made: Draft) -> None:
    """The choices, the mix, and what was not chosen, on stdout."""
    edition = made.proposal.edition
    say(f"{made.digest.title_in(made.digest.languages[0])}, {edition.id}: appears on {made.appears}")
    say()
    _say_table("Chosen", ("section", "post", "why"), list(_choices(made)))
    for line in _mix(made):
        say(line)
    say()
    _say_table("Not chosen", ("reason", "post", "why"), list(_refusals(made)))


def draft_as_json(made: Draft, *, is_written: bool) -> dict[str, Any]:
    proposal = made.proposal
    edition = proposal.edition
    return {
        "digest": made.digest.id,
        "edition": edition.id,
        "period": {"start": edition.period_start.isoformat(), "end": edition.period_end.isoformat()},
        "chosen_because": made.reason,
        "file": made.shown,
        "written": is_written,
        "enough": proposal.is_enough,
        "news": edition.news_count,
        "minimum": proposal.minimum,
        "choices": [{"section": one.section, "post": one.post_id, "reason": one.reason} for one in proposal.choices],
        "lines": [dict(line) for section in edition.sections for line in section.lines],
        "mix": [
            {"stream": one.stream, "quota": one.quota, "given": one.given, "available": one.available}
            for one in proposal.shares
        ],
        "refusals": [{"post": one.post_id, "why": one.why, "reason": one.reason} for one in proposal.refusals],
        "faults": [str(fault) for fault in made.faults],
    }


def _choices(made: Draft) -> Iterator[Row]:
    titles = _titles(made)
    before = ""
    for one in made.proposal.choices:
        yield "" if one.section == before else str(one.section), titles.get(one.post_id, one.post_id), one.reason
        before = one.section


def _refusals(made: Draft) -> Iterator[Row]:
    """One row a post; of the kinds that can be very many, one row for all."""
    titles = _titles(made)
    counts = Counter(one.why for one in made.proposal.refusals)
    for one in made.proposal.refusals:
        if not _is_counted(one, counts):
            yield str(one.why).replace("_", " "), titles.get(one.post_id, one.post_id), one.reason
    for why, words in _GROUPED.items():
        if counts[why] > _MANY:
            yield str(why), f"{counts[why]} posts", f"{words}; --json names each"


def _is_counted(one: Refusal, counts: Counter[Why]) -> bool:
    return one.why in _GROUPED and counts[one.why] > _MANY


def _mix(made: Draft) -> Iterator[str]:
    shares = made.proposal.shares
    if not shares:
        return
    parts = ", ".join(f"{one.stream} {one.given} of {one.available}" for one in shares)
    yield f"Mix: {parts} ({_weights(made.digest)}, {made.digest.item_count} slots)."
    for one in shares:
        missing = one.quota - one.given
        if missing > 0:
            yield f"  {one.stream} had too little for {missing} of its {one.quota} slots."
        elif missing < 0:
            yield f"  {one.stream} got {-missing} more, which others could not fill."
    empty = made.digest.item_count - sum(one.given for one in shares)
    if empty > 0:
        yield f"  {empty} slot{'s' if empty > 1 else ''} stayed empty."


def _weights(digest: Digest) -> str:
    weights = [weight for _, weight in digest.mix]
    return "equal parts" if len(set(weights)) == 1 else "weights " + ":".join(map(str, weights))


def _titles(made: Draft) -> dict[str, str]:
    posts = originals((*made.community.posts, *made.community.scheduled))
    return {post.id: f"{post.title} [{post.id}]" for post in posts}


def _say_table(title: str, head: Row, rows: list[Row]) -> None:
    if not rows:
        say(f"{title}: nothing.")
    elif sys.stdout.isatty():
        _say_rich(title, head, rows)
    else:
        for line in _plain(title, rows):
            say(line)
    say()


def _say_rich(title: str, head: Row, rows: list[Row]) -> None:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(head[0], style="bold", no_wrap=True)
    table.add_column(head[1], ratio=3)
    table.add_column(head[2], ratio=2)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def _plain(title: str, rows: list[Row]) -> Iterator[str]:
    """The same without colours: a word, the post, and the reason on the line below."""
    width = max(len(row[0]) for row in rows) + 2
    columns = max(60, shutil.get_terminal_size((100, 24)).columns)
    yield f"{title}:"
    for word, post, reason in rows:
        indent = " " * (width + 2)
        yield f"  {word.ljust(width)}{post}"
        yield from textwrap.wrap(reason, columns, initial_indent=indent + "  ", subsequent_indent=indent + "  ")
