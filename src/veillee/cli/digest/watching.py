"""Since when an instant digest is run: an instant in a file of the var folder, written once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from veillee.errors import SourceError
from veillee.shown import shown_path

FOLDER = "instant-digests"


def read_watch(var: Path, digest_id: str) -> datetime | None:
    """When a digest began to be run; None where it never was."""
    path = var / FOLDER / digest_id
    try:
        return datetime.fromisoformat(path.read_text(encoding="utf-8").strip()).astimezone(UTC)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as err:
        raise SourceError(
            f"{shown_path(path)}: from which instant on posts are mailed at once cannot be read here ({err}); "
            "write it there, such as 2026-11-20T08:00:00+00:00"
        ) from err


def begin_watch(var: Path, digest_id: str, since: datetime) -> None:
    """Writes down from when on posts are the digest's to tell; what is written down already stays."""
    path = var / FOLDER / digest_id
    waiting = path.with_name(f".{digest_id}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            waiting.write_text(f"{since.astimezone(UTC).isoformat()}\n", encoding="utf-8")
            waiting.replace(path)
    except OSError as err:
        raise SourceError(f"{shown_path(path)}: cannot be written ({err.strerror}); check the folder's rights") from err
