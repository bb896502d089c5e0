"""Remembering: a run -> the memory of its site, below the folder for what is not content."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from veillee.site.content.memory import Memory
from veillee.site.outputs.book import FOLDER
from veillee.site.outputs.signature import signature_of
from veillee.site.run import Run
from veillee.site.settings import FILE_KEY


def memory_of(run: Run) -> Memory | None:
    """None where what a file comes to hangs on more than its bytes: its date in the file system."""
    settings, site = run.settings, run.site
    if settings.get("DEFAULT_DATE") == "fs":
        return None
    name = blake2b(f"{settings.get(FILE_KEY)}\0{site.content}".encode(), digest_size=8).hexdigest()
    said = (
        *(site.fields, str(site.timezone), site.languages, site.is_strict, site.markdown, run.is_ours, run.is_foreign),
        tuple((member.id, member.name) for member in run.members),
        tuple(sorted(_templates(run))),
    )
    signature = blake2b(signature_of(settings) + repr(said).encode(), digest_size=16).digest()
    ties = {"settings": settings, "markdown": settings["MARKDOWN"]}
    memory = Memory(site.var / FOLDER / f"{name}.reads", signature, ties)
    if memory.note:
        run.note(memory.note)
    return memory


def _templates(run: Run) -> set[str]:
    """The templates that a post may choose."""
    folders = [*map(Path, run.settings["THEME_TEMPLATES_OVERRIDES"]), Path(run.settings["THEME"]) / "templates"]
    return {path.name for folder in folders for path in folder.glob("*.html")}
