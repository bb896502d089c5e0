"""An edition and what to say about it -> the text of its file, for a person to read and edit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from veillee.model.edition import Digest, Edition, EditionNotes, Section

_PLAIN = re.compile(r"[^\W_][\w./-]*\Z")
_ESCAPES = {'"': '\\"', "\\": "\\\\"}
_NO_BREAK_SPACES = "\u00a0\u202f"
_MIN_COLUMN = 44  # where the remarks begin, so that ids can be read down the page


def edition_text(edition: Edition, digest: Digest, notes: EditionNotes | None = None) -> str:
    """The whole file, with a line end at its end. Remarks are cut to one line each and cannot break the YAML."""
    return "\n".join([*_header(edition, digest, notes or EditionNotes()), *_introductions(edition, digest)]) + "\n"


def _header(edition: Edition, digest: Digest, notes: EditionNotes) -> Iterator[str]:
    yield "---"
    for line in notes.heading:
        yield _remark(line)
    yield f"digest: {_scalar(edition.digest_id)}"
    yield f"edition: {_scalar(edition.id)}"
    timezone = digest.schedule.timezone
    yield f"from: {_instant(edition.period_start, timezone)}"
    yield f"until: {_instant(edition.period_end, timezone)}"
    if edition.drafted_at is not None:
        yield f"drafted: {_instant(edition.drafted_at, timezone)}"
    if edition.subjects:
        yield "subject:"
        yield from (f"  {_scalar(lang)}: {_quoted(text)}" for lang, text in edition.subjects)
    yield "sections:" if edition.sections else "sections: {}"
    beside = dict(notes.beside)
    width = max((len(_scalar(pid)) for pid in edition.post_ids), default=0)
    for section in edition.sections:
        yield from _section(section, beside, column=max(_MIN_COLUMN, width + 8))
    if notes.not_chosen:
        yield "# Not chosen. To swap one in, move its line into a section above and take the # away."
        for post_id, why in notes.not_chosen:
            yield f"#{_item(post_id, why, column=_MIN_COLUMN)[1:]}"
    yield "---"


def _section(section: Section, beside: dict[str, str], *, column: int) -> Iterator[str]:
    yield f"  {section.kind}:"
    for post_id in section.post_ids:
        yield _item(post_id, beside.get(post_id, ""), column=column)
    for line in section.lines:
        for index, (lang, text) in enumerate(line):
            yield f"    {'-' if index == 0 else ' '} {_scalar(lang)}: {_quoted(text)}"


def _item(post_id: str, why: str, *, column: int) -> str:
    line = f"    - {_scalar(post_id)}"
    return f"{line.ljust(column)}  {_remark(why)}" if why else line


def _introductions(edition: Edition, digest: Digest) -> Iterator[str]:
    """The text in the first language, then a marked place for each other one, empty or not."""
    texts = dict(edition.introductions)
    first, *others = digest.languages
    yield f"\n{texts[first]}" if first in texts else ""
    for lang in others:
        yield f"\n<!-- {lang} -->" + (f"\n\n{texts[lang]}" if lang in texts else "")


def _instant(instant: datetime, timezone: tzinfo) -> str:
    """Local time as people write it; with its offset where the local time alone would not be exact."""
    local = instant.astimezone(timezone)
    naive = local.replace(tzinfo=None)
    form = naive.isoformat(" ", "minutes" if not (naive.second or naive.microsecond) else "auto")
    is_exact = naive.replace(tzinfo=timezone).astimezone(UTC) == instant
    return form if is_exact else local.isoformat(" ")


def _scalar(text: str) -> str:
    """A word as it is where YAML takes it for text, else in quotes."""
    is_plain = _PLAIN.match(text) and not text.isdigit() and text not in ("true", "True", "TRUE", "false", "null")
    return text if is_plain and text.isprintable() else _quoted(text)


def _quoted(text: str) -> str:
    """A text in double quotes, what cannot be seen written as escapes; the spaces of French typography stay."""
    return '"' + "".join(_ESCAPES.get(char) or _seen(char) for char in text) + '"'


def _seen(char: str) -> str:
    return char if char.isprintable() or char in _NO_BREAK_SPACES else f"\\U{ord(char):08X}"


def _remark(text: str) -> str:
    """A comment on one line, whatever the text holds."""
    line = "".join(char if char.isprintable() else " " for char in " ".join(text.split()))
    return f"# {line}".rstrip()
