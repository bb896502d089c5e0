"""Remembering: a run -> the memory of its site, below the folder for what is not content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pelican.plugins import signals

from veillee.shown import shown_path
from veillee.site.content.memory import Memory, Shelf
from veillee.site.content.reads import FileRead, unpacked
from veillee.site.listeners import others_listen
from veillee.site.outputs.book import FOLDER
from veillee.site.outputs.signature import signature_of
from veillee.site.run import Run
from veillee.site.settings import FILE_KEY

SHELF_KEY = "_VEILLEE_SHELF"
"""Where a process that builds again and again keeps its shelf in the settings."""

_PACKAGES = ("comrak", "nh3", "pyyaml", "smartypants", "typogrify")
_SHIPPED = "markdown.extensions."
_SHORT_NAMES = frozenset({
    "abbr", "admonition", "attr_list", "codehilite", "def_list", "extra", "fenced_code", "footnotes", "legacy_attrs",
    "legacy_em", "md_in_html", "meta", "nl2br", "sane_lists", "smarty", "tables", "toc", "wikilinks",
})  # fmt: skip
"""What comes with Python-Markdown, and looks at nothing but the text."""


def memory_of(run: Run) -> Memory[FileRead] | None:
    """None where what a file comes to hangs on more than its bytes; of one build only where it may do so."""
    settings, site = run.settings, run.site
    if settings.get("DEFAULT_DATE") == "fs" or is_overheard():
        return None
    if not _is_lasting(run):
        return Memory(None, b"", unpacked)
    name = blake2b(f"{settings.get(FILE_KEY)}\0{site.content}\0{site.output}".encode(), digest_size=8).hexdigest()
    shelf: Shelf[FileRead] | None = settings.get(SHELF_KEY)
    memory = Memory(site.var / FOLDER / f"{name}.reads", _signature(run), unpacked, shelf=shelf)
    if memory.note:
        run.note(memory.note)
    return memory


def is_overheard() -> bool:
    """Whether a plugin that is not ours wants to act before each file is read, in Pelican's order."""
    return others_listen((signals.article_generator_preread, signals.page_generator_preread))


def _is_lasting(run: Run) -> bool:
    """Whether a text alone says what becomes of it: extensions of other people may read other files, too."""
    if run.site.markdown == "comrak" or (run.is_ours and run.site.markdown == "auto"):
        return True
    markdown: Mapping[str, Any] = run.settings["MARKDOWN"]
    chosen = (*markdown.get("extensions", ()), *markdown.get("extension_configs", ()))
    return all(map(_is_shipped, chosen))


def _is_shipped(extension: object) -> bool:
    if not isinstance(extension, str):
        return type(extension).__module__.startswith(_SHIPPED)
    return extension in _SHORT_NAMES or extension.startswith(_SHIPPED)


def _signature(run: Run) -> bytes:
    site = run.site
    said = (
        *(site.fields, str(site.timezone), site.languages, site.is_strict, site.markdown, run.is_ours, run.is_foreign),
        tuple((member.id, member.name) for member in run.members),
        tuple(sorted(_templates(run))),
        shown_path(site.content),  # as messages name it from where the command runs
        tuple(_versions(_PACKAGES)),
    )
    return blake2b(signature_of(run.settings) + repr(said).encode("utf-8", "surrogateescape"), digest_size=16).digest()


def _versions(packages: Iterable[str]) -> Iterator[str]:
    for name in packages:
        try:
            yield version(name)
        except PackageNotFoundError:
            yield ""


def _templates(run: Run) -> set[str]:
    """The templates that a post may choose."""
    folders = [*map(Path, run.settings["THEME_TEMPLATES_OVERRIDES"]), Path(run.settings["THEME"]) / "templates"]
    return {path.name for folder in folders for path in folder.glob("*.html")}
