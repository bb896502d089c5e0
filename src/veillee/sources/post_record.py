"""One record -> one raw post: every field checked, and what is missing taken from heading or file name."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import PurePath

from veillee.errors import Fault
from veillee.model.post import DigestChoice, Kind, Status, Stream
from veillee.model.urls import is_safe_url
from veillee.shown import shortened
from veillee.sources.aliases import parse_aliases
from veillee.sources.answers import parse_answers
from veillee.sources.authorship import author_names
from veillee.sources.dates import Moment, NotADateError, parse_moment
from veillee.sources.events import parse_event
from veillee.sources.fields import Fields
from veillee.sources.foreign import set_foreign_event_aside, set_foreign_image_aside, set_foreign_meanings_aside
from veillee.sources.headers import HeaderForm
from veillee.sources.marked import Entry, Mapping, Scalar, plain
from veillee.sources.naming import Names
from veillee.sources.raw_post import PostRules, RawPost
from veillee.sources.titles import file_date_and_name, first_heading, first_words, title_of_file, without_heading

_TYPED_STATUSES = (Status.PUBLISHED, Status.HIDDEN, Status.DRAFT)


def parse_post(
    record: Mapping, *, names: Names, body: str, body_line: int, form: HeaderForm, shown: str, rules: PostRules
) -> tuple[RawPost, tuple[Fault, ...]]:
    """The post that a record and a text make; where there are faults, the post is not fit for use."""
    named = names.sort_out(record, shown=shown, is_strict=rules.is_strict)
    fields = Fields(named.entries, shown, rules.timezone, list(named.faults))
    _unfold(fields)
    if not rules.is_strict:
        set_foreign_image_aside(fields, named.extra)
        set_foreign_event_aside(fields, named.extra)
    if rules.is_foreign:
        set_foreign_meanings_aside(fields, named.extra, rules)
    body, body_line = _body(fields, body, body_line)
    status = _status(fields, named.extra) or (Status.DRAFT if rules.is_foreign and _is_in_drafts(shown) else None)
    published_at = _published_at(fields, status, record.line, rules)
    title, body = _title_and_body(fields, body, form)
    expires, updated, review_by = fields.moment("expires"), fields.moment("updated"), fields.moment("review_by")
    reviewed = fields.moment("reviewed")
    post = RawPost(
        line=record.line,
        title=title,
        kind=fields.choice("kind", Kind) or rules.kind,
        stream=fields.choice("stream", Stream),
        published_at=published_at,
        updated_at=updated.instant if updated else None,
        author_names=author_names(fields, rules),
        tags=fields.words("tags"),
        lang=fields.language("lang"),
        slug=fields.slug("slug", is_lenient=rules.is_foreign),
        summary=fields.text("summary"),
        status=status,
        is_story_of_the_week=fields.flag("story_of_the_week") or False,
        digest=fields.choice("digest", DigestChoice) or DigestChoice.AUTO,
        teaser=fields.line_text("teaser"),
        expires_at=expires.end if expires else None,
        review_by=review_by.instant if review_by else None,
        image=_image(fields),
        image_alt=fields.line_text("image_alt"),
        link=fields.url("link", may_be_relative=True),
        reactions=fields.counts("reactions"),
        body=body,
        body_line=body_line,
        answers=parse_answers(fields, asked_at=published_at, rules=rules),
        header=form,
        event=parse_event(fields, is_strict=rules.is_strict),
        aliases=parse_aliases(fields),
        reviewed_at=reviewed.instant if reviewed else None,
        from_question=fields.line_text("from_question"),
        extra=named.extra,
    )
    if form == "record" and not (fields.entries.get("title") or body.strip() or post.link):
        fields.fault(
            record.line, "a post without a title and without a text", "a title or a body", "write body: | and the text"
        )
    return post, tuple(fields.faults)


def _unfold(fields: Fields) -> None:
    """Fields that other programs write as mappings (`date: {created: …}`, `image: {path: …, alt: …}`), taken apart."""
    for name, parts in _PARTS.items():
        entry = fields.entries.get(name)
        if entry is None or not isinstance(entry.value, Mapping):
            continue
        for part in entry.value:
            target = parts.get(part.key.lower())
            if target == name:
                fields.entries[name] = replace(part, key=name)
            elif target:
                fields.entries.setdefault(target, replace(part, key=target))


_PARTS = {
    "date": {"created": "date", "updated": "updated"},
    "image": {
        **dict.fromkeys(("path", "src", "url", "file", "feature", "teaser", "thumb"), "image"),
        "alt": "image_alt",
    },
}


def _body(fields: Fields, text: str, text_line: int) -> tuple[str, int]:
    entry = fields.entries.get("body")
    if entry is None:
        return text, text_line
    if text.strip():
        fields.fault(
            entry.line, "body stands in the head of a file that has a text below", "one of the two", "remove it"
        )
        return text, text_line
    body = fields.text("body") or ""
    typed = entry.value.text if isinstance(entry.value, Scalar) else ""
    leading = typed[: len(typed) - len(typed.lstrip())].count("\n")
    line = entry.value.body_line if isinstance(entry.value, Scalar) else entry.line
    return body, line + leading


_FOREIGN_STATUSES = {
    **dict.fromkeys(("skip", "pending", "private"), Status.DRAFT),  # Pelican, WordPress
    **dict.fromkeys(("publish", "future", "new", "deprecated"), Status.PUBLISHED),  # WordPress, Material for MkDocs
}


def _is_in_drafts(shown: str) -> bool:
    """Jekyll keeps them in a folder."""
    return "_drafts" in PurePath(shown).parts


def _status(fields: Fields, extra: dict[str, object]) -> Status | None:
    """What `status` says, else `draft: true` (Hugo, MkDocs) and `published: false` (Jekyll)."""
    entry = fields.entries.get("status")
    word = entry.value.text.strip().lower() if entry and isinstance(entry.value, Scalar) else ""
    if word in _FOREIGN_STATUSES:
        del fields.entries["status"]
    published = fields.entries.get("published")
    if published and _is_date(published, fields):
        del fields.entries["published"]
        if fields.entries.setdefault("date", published) is not published:
            extra[published.key] = plain(published.value)
    typed = fields.choice("status", Status, _TYPED_STATUSES)
    is_withheld = (
        _FOREIGN_STATUSES.get(word) is Status.DRAFT or fields.flag("draft") or fields.flag("published") is False
    )
    return Status.DRAFT if is_withheld else typed


def _is_date(entry: Entry, fields: Fields) -> bool:
    try:
        parse_moment(getattr(entry.value, "text", ""), timezone=fields.timezone)
    except NotADateError:
        return False
    return True


def _published_at(fields: Fields, status: Status | None, line: int, rules: PostRules) -> datetime | None:
    """The date typed (the later one where Hugo has two), else that of the file name."""
    moments = [moment.instant for key in ("date", "publish_date") if (moment := fields.moment(key))]
    if moments:
        return max(moments)
    entry = fields.entries.get("date")
    if entry is not None and not (isinstance(entry.value, Scalar) and not entry.value.text.strip()):
        return None
    from_name = _date_of_file(fields, line)
    if from_name or rules.default_date:
        return from_name.instant if from_name else rules.default_date
    if rules.needs_date and status is not Status.DRAFT and not any(fault.line == line for fault in fields.faults):
        found = "the post has no date"
        allowed = "write date: YYYY-MM-DD, or begin the name of the file with it"
        for_all = '; DEFAULT_DATE = "fs" in the settings takes the dates of the files' if rules.is_foreign else ""
        fields.fault(line, found, allowed, f"an example: date: 2026-11-20 09:00{for_all}")
    return None


def _date_of_file(fields: Fields, line: int) -> Moment | None:
    typed, _ = file_date_and_name(fields.shown)
    if typed is None:
        return None
    try:
        return parse_moment(typed, timezone=fields.timezone)
    except NotADateError as error:
        found = f'the date "{typed}" in the name of the file is not a date'
        fields.fault(line, found, "a name like 2026-11-20-our-picnic.md", str(error) or "rename the file")
        return None


def _title_and_body(fields: Fields, body: str, form: HeaderForm) -> tuple[str, str]:
    """The title typed, else the first heading (which leaves the text), else the first words or the file's name."""
    if title := fields.line_text("title"):
        return title, body
    lines = body.split("\n")
    if heading := first_heading(lines):
        return heading.title, "\n".join(without_heading(lines, heading))
    words = first_words(body) if form == "record" else ""
    return words or title_of_file(fields.shown), body


def _image(fields: Fields) -> str | None:
    """A path of the site or an https address, as typed."""
    entry = fields.entries.get("image")
    path = fields.text("image")
    if entry is None or path is None or (is_safe_url(path) and not path.lower().startswith("mailto:")):
        return path
    found = f'image "{shortened(path)}" may not be shown'
    fields.fault(entry.value.line, found, "a path below content, or an https address", "mend the address")
    return None
