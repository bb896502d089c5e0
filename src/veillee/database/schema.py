"""The version of the tables: what the database has -> what this version of Veillée needs, by Alembic."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from veillee.errors import ConfigurationError

HEAD = "0002"
"""The newest step in `migrations/versions`; a test holds the two together."""

MIGRATIONS = Path(__file__).with_name("migrations")

_Opening = Callable[[], AbstractContextManager[Connection]]


def bring_up_to_date(reading: _Opening, migrating: _Opening, *, shown: str) -> None:
    """Runs the steps that are missing, in one transaction; Alembic is imported only where there are some."""
    with reading() as connection:
        version = version_of(connection)
    if version == HEAD:
        return
    with migrating() as connection:
        if version_of(connection) != HEAD:  # another process may have been faster
            _upgrade(connection, shown=shown)


def version_of(connection: Connection) -> str | None:
    """The step that the database stands at, None where it is new."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, *, shown: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as err:
        found = version_of(connection)
        raise ConfigurationError(
            f"{shown}: the database was made by another version of Veillée (step {found}; this one knows {HEAD}); "
            "install that version or a later one"
        ) from err
