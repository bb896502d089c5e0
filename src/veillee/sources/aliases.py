"""Old addresses of a post (`aliases:`) -> output paths, or faults.

Written with or without a slash in front, whole or as a path, as Hugo and Jekyll have them: `/2024/picnic/`,
`news/picnic.html`, `https://old.example/picnic` give `2024/picnic/index.html`, `news/picnic.html`, `picnic/index.html`.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from veillee.shown import shortened
from veillee.sources.fields import Fields
from veillee.sources.marked import Entry, Node, Scalar, Sequence

_ALLOWED = "a path of the site such as /2024/picnic.html"
_NOT_IN_PATHS = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|{}]")


def parse_aliases(fields: Fields) -> tuple[tuple[str, int], ...]:
    """Each output path once, with the line that it stands in."""
    entry = fields.entries.get("aliases")
    if entry is None:
        return ()
    found: dict[str, int] = {}
    for node in entry.value.items if isinstance(entry.value, Sequence) else (entry.value,):
        path = _path_of(node, entry, fields)
        if path:
            found.setdefault(path, node.line)
    return tuple(found.items())


def _path_of(node: Node, entry: Entry, fields: Fields) -> str:
    """The output path; empty where the text is, or where it is a fault."""
    if not isinstance(node, Scalar):
        fields.fault(
            node.line, f"{entry.key} holds more than texts", "a list of paths", f"write {entry.key}: [/old.html]"
        )
        return ""
    typed = node.text.strip()
    if not typed:
        return ""
    try:
        path = unquote(urlsplit(typed).path).lstrip("/")
    except ValueError:
        path = ""
    parts = path.rstrip("/").split("/")
    if not path or _NOT_IN_PATHS.search(path) or any(part in ("", ".", "..") for part in parts):
        fields.fault(node.line, f'{entry.key} has "{shortened(typed)}"', _ALLOWED, "write the old path, without ..")
        return ""
    last = parts[-1]
    return path if "." in last and not path.endswith("/") else f"{path.rstrip('/')}/index.html"
