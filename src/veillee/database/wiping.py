"""The files of an SQLite database, after something was erased: looked through, and made anew where they must be."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from veillee.errors import SourceError

PIECE_BYTES = 1 << 22


def wipe(connection: Any, path: Path, traces: Sequence[bytes]) -> bool:
    """Whether none of these texts, which no row holds any more, is in a file; False where another program is in it.

    `connection` is the driver's own. The log is emptied. Pages that were split keep old copies of rows beside the new
    ones, where nothing looks; where one is found, the file is made anew, which keeps what rows hold and nothing else.
    """
    if not _empties_log(connection):
        return False
    if not any(_holds(one, traces) for one in (path, path.with_name(f"{path.name}-wal")) if one.exists()):
        return True
    return _is_made_anew(connection, path) and _empties_log(connection)


def _empties_log(connection: Any) -> bool:
    """Brings what was written ahead into the file; whether nobody else kept that from happening."""
    return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]


def _is_made_anew(connection: Any, path: Path) -> bool:
    """Whether nobody else kept it from happening; SourceError where there is no room."""
    try:
        connection.execute("VACUUM")
    except sqlite3.OperationalError as err:
        if "locked" in str(err) or "busy" in str(err):
            return False
        raise SourceError(
            f"{path}: what was erased may still stand in unused parts of the file, which cannot be written anew "
            f"({err}); make as much room again as the file takes, and run this once more"
        ) from err
    return True


def _holds(path: Path, traces: Sequence[bytes]) -> bool:
    """Whether one of these stands in a file, read in pieces that overlap."""
    overlap = max(map(len, traces), default=1) - 1
    kept = b""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            piece = kept + piece
            if any(trace in piece for trace in traces):
                return True
            kept = piece[-overlap:] if overlap else b""
    return False
