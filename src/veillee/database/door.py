"""The database door: a URL -> a database that is up to date, with one way to read it and one to write.

Every failure below becomes a SourceError that says what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from veillee.database.schema import bring_up_to_date
from veillee.database.wiping import wipe
from veillee.errors import ConfigurationError, SourceError

WAIT_FOR_LOCK_S = 30.0
_READING = "veillee_is_reading"
_MIGRATING = "veillee_is_migrating"


class Database:
    """Subscribers and ledger. What `writing` yields is one transaction: all of it happens, or nothing."""

    def __init__(self, engine: Engine, *, shown: str) -> None:
        self._engine = engine
        self._shown = shown

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other writer is in at the same time (on SQLite)."""
        with self._our_errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of things and waits for no writer."""
        with self._our_errors(), self._engine.connect().execution_options(**{_READING: True}) as connection:
            yield connection

    @contextmanager
    def erasing(self) -> Iterator[Connection]:
        """A transaction that writes zeros over what it takes away (on SQLite); `wipe` sees to the rest."""
        with self._our_errors(), self._engine.connect() as connection:
            if self._is_sqlite:
                connection.connection.driver_connection.execute("PRAGMA secure_delete=ON")  # type: ignore[union-attr]
            with connection.begin():
                yield connection

    def wipe(self, traces: Iterable[str]) -> bool:
        """Whether no file of an SQLite database holds these texts any more; False where another program keeps them."""
        name = self._engine.url.database
        if not self._is_sqlite or not name:
            return True
        with self._our_errors(), self._engine.connect() as connection:
            return wipe(
                connection.connection.driver_connection, Path(name), [trace.encode() for trace in traces if trace]
            )

    @property
    def _is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A transaction in which tables may be made anew: on SQLite, references are not watched meanwhile."""
        with self._our_errors(), self._engine.connect().execution_options(**{_MIGRATING: True}) as connection:
            with connection.begin():
                yield connection
            connection.invalidate()  # the next connection watches references again

    @contextmanager
    def _our_errors(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as err:
            raise SourceError(f"{self._shown}: {_explained(err)}") from err


def open_database(url: str) -> Database:
    """The database at an SQLAlchemy URL, made where there is none, migrated to what this version needs."""
    try:
        parsed = make_url(url)
        engine = create_engine(parsed, connect_args=_connect_args(parsed.get_backend_name()))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as err:
        raise ConfigurationError(
            f'VEILLEE_DATABASE cannot be used ({err}); write a URL like "sqlite:///var/veillee.sqlite3"'
        ) from err
    shown = parsed.render_as_string(hide_password=True)
    if parsed.get_backend_name() == "sqlite":
        shown = parsed.database or shown
        _make_private_file(parsed.database)
        _listen(engine)
    database = Database(engine, shown=shown)
    try:
        bring_up_to_date(database.reading, database.migrating, shown=shown)
    except BaseException:
        database.close()
        raise
    return database


def is_made(url: str) -> bool:
    """Whether there is a database at this URL; what cannot be told from here counts as there."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return True
    name = parsed.database
    return parsed.get_backend_name() != "sqlite" or bool(name and Path(name).exists())


def _connect_args(backend: str) -> dict[str, Any]:
    return {"timeout": WAIT_FOR_LOCK_S} if backend == "sqlite" else {}


def _make_private_file(name: str | None) -> None:
    """Addresses are personal: nobody else on this machine reads them."""
    if not name or name == ":memory:":
        return
    path = Path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as err:
        raise SourceError(f"{path}: the database cannot be made ({err.strerror}); check the folder's rights") from err


def _listen(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late for a read before a write
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        is_reading = options.get(_READING, False)
        if options.get(_MIGRATING, False):
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")  # SQLite hears this outside of a transaction only
        connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


def _explained(err: DatabaseError) -> str:
    words = str(err.orig)
    if isinstance(err, OperationalError) and "locked" in words:
        return f"another program has held the database for {WAIT_FOR_LOCK_S:.0f} s; close it and run this again"
    if "disk is full" in words or "disk I/O" in words:
        return f"the disk does not take it ({words}); make room and run this again: nothing was half written"
    if "not a database" in words or "malformed" in words:
        return f"this is not a sound database ({words}); move it away, or bring back your last copy of it"
    if "readonly" in words or "unable to open" in words:
        return f"the database cannot be opened for writing ({words}); check the rights of the file and its folder"
    return f"the database refused ({words})"
