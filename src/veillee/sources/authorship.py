"""Who wrote: the forms in which authors are named -> names, and whether they are members."""

from __future__ import annotations

from collections.abc import Iterator

from veillee.errors import nearest
from veillee.shown import shortened
from veillee.sources.fields import Fields, split_words
from veillee.sources.marked import Entry, Mapping, Node, Scalar, Sequence
from veillee.sources.raw_post import PostRules

_NAME_KEYS = ("name", "display_name", "id", "nickname", "username", "login", "key")


def author_names(fields: Fields, rules: PostRules) -> tuple[str, ...]:
    """The authors of a record, each once: member ids or plain names, as typed.

    With strict rules an author who is no member is a fault.
    """
    entry = fields.entries.get("author")
    if entry is None:
        return ()
    names: dict[str, int] = {}
    for name, line in _named(entry, entry.value, fields):
        names.setdefault(name, line)
    for name, line in names.items():
        _check_member(name, line, fields, rules)
    return tuple(names)


def _named(entry: Entry, node: Node, fields: Fields) -> Iterator[tuple[str, int]]:
    if isinstance(node, Scalar):
        yield from ((name, node.line) for name in split_words(node.text) if name)
    elif isinstance(node, Sequence):
        for item in node.items:
            if isinstance(item, Scalar):
                yield from [(" ".join(item.text.split()), item.line)] if item.text.strip() else []
            else:
                yield from _named(entry, item, fields)
    else:
        yield from _named_in(entry, node, fields)


def _named_in(entry: Entry, node: Mapping, fields: Fields) -> Iterator[tuple[str, int]]:
    for key in _NAME_KEYS:
        found = node.get(key)
        if found and isinstance(found.value, Scalar) and found.value.text.strip():
            yield " ".join(found.value.text.split()), found.line
            return
    fields.fault(node.line, f"{entry.key} has no name", "a member's id or a name", "write name: and the name")


def _check_member(name: str, line: int, fields: Fields, rules: PostRules) -> None:
    if not rules.is_strict or rules.member_ids is None or name in rules.member_ids:
        return
    near = nearest(name, sorted(rules.member_ids))
    todo = f'did you mean "{near}"?' if near else f"add content/members/{shortened(name, 40)}.yaml, or mend the name"
    fields.fault(line, f'author "{shortened(name)}" is no member', "the id of a member", todo)
