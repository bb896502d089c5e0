"""The members' files, `content/members/*.yaml` and `*.md` -> raw members and faults, one file for each member."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from pathlib import Path
from urllib.parse import urlsplit

from veillee.errors import Fault
from veillee.model.member import Link
from veillee.model.urls import is_safe_url
from veillee.shown import shortened
from veillee.sources.documents import read_text
from veillee.sources.fields import Fields
from veillee.sources.headers import parse_document
from veillee.sources.marked import Entry, Mapping, Node, Scalar, Sequence, described
from veillee.sources.naming import Names
from veillee.sources.post_keys import MEMBER_KEYS
from veillee.sources.yamls import load_yaml

SUFFIXES = (".yaml", ".yml", ".md", ".markdown")

_NAMES = Names(MEMBER_KEYS)
_ID = re.compile(r"[\w-]+\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")


@dataclass(frozen=True, slots=True)
class RawMember:
    """A member as typed; `id` is the name of the file. Bios are Markdown, `avatar` a path or an address as typed.

    `roles` and `bios` are (language, text) pairs in the order in which they were typed.
    """

    id: str
    name: str
    roles: tuple[tuple[str, str], ...]
    bios: tuple[tuple[str, str], ...]
    joined: date | None
    links: tuple[Link, ...]
    avatar: str | None
    feed: str | None
    languages: tuple[str, ...]
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class MembersRead:
    """The members without fault, by id, and the faults of the others."""

    members: tuple[RawMember, ...]
    faults: tuple[Fault, ...]


def read_members(
    folder: Path, *, shown: str, default_lang: str = "en", is_strict: bool = False, timezone: tzinfo = UTC
) -> MembersRead:
    """Every member in a folder, which need not exist; `shown` is the folder as messages name it.

    A role or bio without a language is in `default_lang`.
    """
    members: dict[str, RawMember] = {}
    faults: list[Fault] = []
    for path in _files(folder):
        place = f"{shown}/{path.name}"
        member, own_faults = _read_member(path, place, default_lang, is_strict=is_strict, timezone=timezone)
        if member is not None and member.id in members:
            found = f'there is a member "{member.id}" already, in {members[member.id].source}'
            own_faults = (
                *own_faults,
                Fault(place, 0, found, "one file for each member", "rename or remove one of them"),
            )
        faults.extend(own_faults)
        if member is not None and not own_faults:
            members[member.id] = member
    return MembersRead(tuple(members[key] for key in sorted(members)), tuple(sorted(set(faults))))


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    files = (
        path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and not path.name.startswith((".", "_"))
    )
    return sorted(path for path in files if path.stem.lower() not in ("readme", "index"))


def _read_member(
    path: Path, shown: str, default_lang: str, *, is_strict: bool, timezone: tzinfo
) -> tuple[RawMember | None, tuple[Fault, ...]]:
    text = read_text(path, shown=shown)
    if isinstance(text, Fault):
        return None, (text,)
    record, body, faults = _taken_apart(text, path, shown)
    if record is None:
        return None, faults
    named = _NAMES.sort_out(record, shown=shown, is_strict=is_strict)
    fields = Fields(named.entries, shown, timezone, [*faults, *named.faults])
    member = _member(path.stem, record, body, fields, default_lang)
    return member, tuple(fields.faults)


def _taken_apart(text: str, path: Path, shown: str) -> tuple[Mapping | None, str, tuple[Fault, ...]]:
    if path.suffix.lower() in (".md", ".markdown"):
        document = parse_document(text, shown=shown)
        is_lost = document.faults and not document.head.entries
        return None if is_lost else document.head, document.body, document.faults
    read = load_yaml(text, shown=shown)
    if isinstance(read.root, Mapping):
        return read.root, "", read.faults
    found = "the file holds no member" if read.root is None else f"a member is {described(read.root)}"
    fault = Fault(shown, 1, found, "lines of `key: value`", "write name: and the member's name")
    return None, "", read.faults or (fault,)


def _member(member_id: str, record: Mapping, body: str, fields: Fields, default_lang: str) -> RawMember:
    if not _ID.match(member_id):
        found = f'"{shortened(member_id)}" cannot be the id of a member'
        fields.fault(0, found, "letters, digits, - and _", "rename the file")
    name = fields.line_text("name")
    if name is None and "name" not in fields.entries:
        fields.fault(record.line, "the member has no name", "a text", "write name: and the member's name")
    bios = _by_language("bio", fields, default_lang)
    joined = fields.moment("joined")
    return RawMember(
        id=member_id,
        name=name or member_id,
        roles=tuple((lang, " ".join(text.split())) for lang, text in _by_language("role", fields, default_lang)),
        bios=bios or (((default_lang, body.strip()),) if body.strip() else ()),
        joined=joined.instant.date() if joined else None,
        links=tuple(_links(fields)),
        avatar=fields.url("avatar", may_be_relative=True),
        feed=fields.url("feed", may_be_relative=False),
        languages=tuple(_languages(fields)),
        source=fields.shown,
        line=record.line,
    )


def _by_language(key: str, fields: Fields, default_lang: str) -> tuple[tuple[str, str], ...]:
    """A text, or one for each language, as pairs."""
    entry = fields.entries.get(key)
    if entry is None or not isinstance(entry.value, Mapping):
        text = fields.text(key)
        return ((default_lang, text),) if text else ()
    pairs: list[tuple[str, str]] = []
    for one in entry.value:
        if not _LANGUAGE.match(one.key) or not isinstance(one.value, Scalar):
            found = f"{key} has {shortened(one.key)}: {described(one.value)}"
            fields.fault(one.line, found, "a text for each language", f"write {key}: {{{default_lang}: ...}}")
        elif one.value.text.strip():
            pairs.append((one.key.lower(), one.value.text.strip()))
    return tuple(pairs)


def _languages(fields: Fields) -> Iterator[str]:
    for code in fields.words("languages"):
        if _LANGUAGE.match(code):
            yield code.lower()
        else:
            line = fields.entries["languages"].line
            fields.fault(line, f'"{shortened(code)}" is no language', "codes such as fr or en", "write the code")


def _links(fields: Fields) -> Iterator[Link]:
    """`{label: …, url: …}`, `GitHub: https://…` or a bare address, one or many."""
    entry = fields.entries.get("links")
    if entry is None or (isinstance(entry.value, Scalar) and not entry.value.text.strip()):
        return
    nodes = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
    for node in nodes:
        for label, address in _labelled(node):
            link = _link(label, address, fields)
            if link is not None:
                yield link


def _labelled(node: Node) -> list[tuple[str, Node]]:
    if not isinstance(node, Mapping):
        return [("", node)]
    url = node.get("url") or node.get("href")
    if url is None:
        return [(one.key, one.value) for one in node]
    label: Entry | None = node.get("label") or node.get("name") or node.get("title")
    return [(label.value.text if label and isinstance(label.value, Scalar) else "", url.value)]


def _link(label: str, node: Node, fields: Fields) -> Link | None:
    address = node.text.strip() if isinstance(node, Scalar) else ""
    if not is_safe_url(address, may_be_relative=False):
        found = f"links has {described(node)}"
        fields.fault(node.line, found, "http, https and mailto addresses", "write {label: my blog, url: https://...}")
        return None
    host = urlsplit(address).netloc.removeprefix("www.") or address.removeprefix("mailto:")
    return Link(" ".join(label.split()) or host, address)
