"""The horizon of a build: until when what it wrote stays right by itself, though nothing changes but the time."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from datetime import MAXYEAR, UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from veillee.editorial.periods import next_issue
from veillee.site.content.records import Record
from veillee.site.run import Run

_RESTLESS = frozenset(
    (
        *("asyncio", "datetime", "ftplib", "getpass", "http", "imaplib", "platform", "random", "requests", "secrets"),
        *("shelve", "smtplib", "socket", "sqlite3", "subprocess", "tempfile", "time", "urllib", "uuid"),
    )
)
"""Modules with which a settings file may say something else each time."""


def horizon_of(run: Run) -> datetime:
    """The next moment at which something appears, expires or is said in another way; at the latest, midnight."""
    moments = [_midnight(run), *_of_contents(run), *_of_waiting(run), *_of_digests(run)]
    return min(moment for moment in moments if moment > run.now)


def may_rest(settings: Mapping[str, Any], root: Path) -> bool:
    """Whether a site is made of its files alone: neither its settings nor its plugins look at a clock or elsewhere."""
    sources = sources_of(settings, root)
    return sources is not None and not any(map(_is_restless, sources))


def sources_of(settings: Mapping[str, Any], root: Path) -> list[Path] | None:
    """The program's part of a site: its settings, and the plugins of others; None where one cannot be found."""
    found = list(root.glob("*.py"))
    for plugin in settings["PLUGINS"]:
        name = plugin if isinstance(plugin, str) else getattr(plugin, "__name__", "")
        if name == "veillee.plugin":
            continue
        origin = _origin_of(name, settings)
        if origin is None:
            return None
        found += origin.parent.rglob("*.py") if origin.name == "__init__.py" else [origin]
    return found


def _origin_of(name: str, settings: Mapping[str, Any]) -> Path | None:
    """The file of a plugin, where Pelican looks for it: in the site's own folders, then among what is installed."""
    for folder in map(Path, settings.get("PLUGIN_PATHS") or ()):
        for path in (folder / f"{name}.py", folder / name / "__init__.py"):
            if path.is_file():
                return path
    module = sys.modules.get(name) or sys.modules.get(f"pelican.plugins.{name}")
    origin = getattr(module, "__file__", None)
    return Path(origin) if origin else None


def _midnight(run: Run) -> datetime:
    here = run.now.astimezone(run.site.timezone)
    return (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def _of_contents(run: Run) -> Iterator[datetime]:
    for content in (*run.contents, *(one.article for one in run.unshown)):
        date = getattr(content, "date", None)
        if date is not None and date.tzinfo and date.year < MAXYEAR:
            yield date
        record = getattr(content, "veillee", None)
        if isinstance(record, Record) and record.raw.expires_at:
            yield record.raw.expires_at


def _of_waiting(run: Run) -> Iterator[datetime]:
    """When a question will have waited for another half hour, on its first day, or for another day."""
    for post in run.community.posts if run.community else ():
        if post.is_waiting:
            waited = run.now - post.published_at
            step = timedelta(minutes=30) if waited < timedelta(days=2) else timedelta(days=1)
            yield post.published_at + (waited // step + 1) * step


def _of_digests(run: Run) -> Iterator[datetime]:
    yield from (edition.period_end for edition in (run.archive.editions if run.archive else ()))
    for digest in run.archive.digests if run.archive else ():
        if not digest.schedule.is_instant:
            yield next_issue(digest.schedule, run.now)


def _is_restless(source: Path) -> bool:
    try:
        tree = ast.parse(source.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return True
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return any(name.partition(".")[0] in _RESTLESS for name in names)
