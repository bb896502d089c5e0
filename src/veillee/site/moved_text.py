"""A member's Markdown as a part of another file: its words as they were typed, its links leading where they led.

Code is left alone. What only one text may have in a file (labels of links and footnotes) is kept apart by a name.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_PLACEHOLDER = re.compile(r"""(\{(?:filename|static|attach)\})(?!/)([^)\s"'>]+)""")
_TARGET = re.compile(r"(\]\(<?)([^)\s>]+)")
_DEFINITION = re.compile(r"^ {0,3}\[(\^?[^\]\n]+)\]:", re.MULTILINE)
_RELATIVE = re.compile(r"(?![a-zA-Z][a-zA-Z0-9+.-]*:|[/#{|])")
_TEXTS = (".md", ".markdown", ".yaml", ".yml", ".rst")


def moved_text(text: str, *, folder: str, name: str, is_file: Callable[[str], bool]) -> str:
    """The text of a file in `folder` (below the content folder), for a file elsewhere; `name` sets its labels apart.

    `is_file` says whether a path below the content folder is that of a file.
    """
    labels = {label for _, part, is_code in _parts(text) if not is_code for label in _DEFINITION.findall(part)}

    def moved(part: str) -> str:
        part = _PLACEHOLDER.sub(lambda found: f"{found[1]}/{_from_top(found[2], folder)}", part)
        part = _TARGET.sub(lambda found: found[1] + _target(found[2], folder, is_file), part)
        return _relabelled(part, labels, name)

    parts = list(_parts(text.strip("\n")))
    done = "".join(part if is_code else moved(part) for _, part, is_code in parts)
    return f"{done}\n{parts[-1][0]}" if parts and parts[-1][0] else done


def _parts(text: str) -> Iterator[tuple[str, str, bool]]:
    """Pieces of the text, whether they are code, and by what the fence around them is still to be closed."""
    fence = ""
    for line in text.splitlines(keepends=True):
        mark = _FENCE.match(line)
        if fence:
            is_end = mark is not None and mark[1].startswith(fence) and not line.strip().strip(fence[0])
            yield ("" if is_end else fence), line, True
            fence = "" if is_end else fence
        elif mark:
            fence = mark[1]
            yield fence, line, True
        else:
            yield from (("", piece, is_code) for piece, is_code in _spans(line))


def _spans(line: str) -> Iterator[tuple[str, bool]]:
    end = 0
    for found in _CODE_SPAN.finditer(line):
        yield line[end : found.start()], False
        yield found[0], True
        end = found.end()
    yield line[end:], False


def _from_top(path: str, folder: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))


def _target(typed: str, folder: str, is_file: Callable[[str], bool]) -> str:
    """A path beside the old file as one from the top of the content; whatever else is typed stays."""
    path, mark, rest = typed.partition("#")
    if not path or not _RELATIVE.match(path):
        return typed
    from_top = _from_top(unquote(path), folder)
    if from_top.startswith("..") or not is_file(from_top):
        return typed
    kind = "filename" if from_top.endswith(_TEXTS) else "static"
    return f"{{{kind}}}/{_from_top(path, folder)}{mark}{rest}"


def _relabelled(part: str, labels: set[str], name: str) -> str:
    for label in sorted(labels, key=len, reverse=True):
        old = re.escape(label)
        if label.startswith("^"):
            part = re.sub(rf"\[{old}\]", f"[^{name}-{label[1:]}]", part)
            continue
        part = re.sub(rf"^( {{0,3}})\[{old}\]:", rf"\1[{name}-{label}]:", part, flags=re.MULTILINE)
        part = re.sub(rf"\]\[{old}\]", f"][{name}-{label}]", part)
        part = re.sub(rf"(?<!\])\[{old}\](?:\[\])?(?![:\[(])", f"[{label}][{name}-{label}]", part)
    return part
