"""Keys that other programs use as we do, with a meaning of their own: they are set aside for templates."""

from __future__ import annotations

from collections.abc import Callable

from veillee.model.post import DigestChoice, Kind, Stream
from veillee.sources.aliases import parse_aliases
from veillee.sources.authorship import author_names
from veillee.sources.fields import Fields
from veillee.sources.marked import Entry, Mapping, Scalar, Sequence, plain
from veillee.sources.raw_post import PostRules


def set_foreign_image_aside(fields: Fields, extra: dict[str, object]) -> None:
    """What a theme of another program has under `image` (`{background: …}`, a list)."""
    entry = fields.entries.get("image")
    if entry is not None and not isinstance(entry.value, Scalar):
        _set_aside(entry, "image", fields, extra)


def set_foreign_event_aside(fields: Fields, extra: dict[str, object]) -> None:
    """What another program has under `event`, such as its name."""
    entry = fields.entries.get("event")
    if entry is not None and not isinstance(entry.value, Mapping):
        _set_aside(entry, "event", fields, extra)


def set_foreign_meanings_aside(fields: Fields, extra: dict[str, object], rules: PostRules) -> None:
    """What cannot be meant for us (`kind: article`, `digest: true`); what looks like a slip of ours stays a fault."""
    for name, is_ours in _TESTS.items():
        entry = fields.entries.get(name)
        if entry is not None and not is_ours(entry, Fields({name: entry}, fields.shown, fields.timezone), rules):
            _set_aside(entry, name, fields, extra)


def _set_aside(entry: Entry, name: str, fields: Fields, extra: dict[str, object]) -> None:
    extra[entry.key] = plain(entry.value)
    del fields.entries[name]


def _may_be_choice(fields: Fields) -> bool:
    return not fields.faults or any("did you mean" in fault.todo for fault in fields.faults)


def _kind(_entry: Entry, alone: Fields, _rules: PostRules) -> bool:
    alone.choice("kind", Kind)
    return _may_be_choice(alone)


def _stream(_entry: Entry, alone: Fields, _rules: PostRules) -> bool:
    alone.choice("stream", Stream)
    return _may_be_choice(alone)


def _digest(_entry: Entry, alone: Fields, _rules: PostRules) -> bool:
    alone.choice("digest", DigestChoice)
    return _may_be_choice(alone)


def _author(entry: Entry, alone: Fields, rules: PostRules) -> bool:
    return not isinstance(entry.value, Mapping) or bool(author_names(alone, rules))


def _answers(entry: Entry, _alone: Fields, _rules: PostRules) -> bool:
    return isinstance(entry.value, Sequence)


def _aliases(_entry: Entry, alone: Fields, _rules: PostRules) -> bool:
    parse_aliases(alone)
    return not alone.faults


def _reactions(entry: Entry, _alone: Fields, _rules: PostRules) -> bool:
    return isinstance(entry.value, Mapping)


_TESTS: dict[str, Callable[[Entry, Fields, PostRules], bool]] = {
    "kind": _kind,
    "stream": _stream,
    "digest": _digest,
    "author": _author,
    "answers": _answers,
    "aliases": _aliases,
    "reactions": _reactions,
}
