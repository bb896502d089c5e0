"""Exceptions of Pelican, plugins and templates -> faults that say where to look."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError
from pelican.generators import PelicanTemplateNotFound
from pelican.writers import FileOverwriteFailedError

from veillee.errors import Fault
from veillee.shown import shown_path


def fault_of_exception(error: Exception, settings: dict[str, Any]) -> Fault:
    """What went wrong while the site was read or written, at the innermost place that somebody can mend."""
    if isinstance(error, TemplateSyntaxError):
        return Fault(_shown(error.filename), error.lineno, f"this template is wrong: {error.message}", "", _MEND)
    if isinstance(error, (TemplateNotFound, PelicanTemplateNotFound)):
        return Fault(_shown(settings["THEME"]), 0, f"a template is missing: {error}", "", "add it, or mend its name")
    if isinstance(error, FileOverwriteFailedError):
        return Fault(_shown(settings["OUTPUT_PATH"]), 0, str(error), "one page for each address", "rename one")
    if isinstance(error, OSError) and error.strerror:
        found = f"this cannot be read or written: {error.strerror}"
        return Fault(
            _shown(error.filename or settings["OUTPUT_PATH"]),
            0,
            found,
            "",
            "look at its rights and at the space on the disk",
        )
    place, line = _place_of(error)
    kind = "this template fails" if place.endswith(".html") else "the site cannot be built"
    what = str(error) if isinstance(error, UndefinedError) else f"{type(error).__name__}: {error}"
    return Fault(place, line, f"{kind}: {what}", "", _MEND if place.endswith(".html") else "look at the plugins")


_MEND = "mend the template"


def _place_of(error: Exception) -> tuple[str, int]:
    """The innermost template that the error came through, else the innermost line of code."""
    frames = traceback.extract_tb(error.__traceback__)
    templates = [frame for frame in frames if frame.filename.endswith((".html", ".xml", ".txt"))]
    frame = (templates or frames)[-1]
    return _shown(frame.filename), frame.lineno or 0


def _shown(path: object) -> str:
    return shown_path(Path(str(path))) if path else "template"
