"""The database on disk: pragmas, transactions, migrations, and what goes wrong."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, select, text

from veillee.database import Database, open_database
from veillee.database.schema import HEAD, MIGRATIONS
from veillee.database.tables import choices, metadata, subscribers
from veillee.errors import ConfigurationError, SourceError

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def url_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'var' / 'veillee.sqlite3'}"


def row(key: str, now: datetime = NOW) -> dict[str, object]:
    return {
        "address": key,
        "address_key": key,
        "name": "",
        "lang": "",
        "state": "active",
        "subscribed_at": now,
        "changed_at": now,
    }


@pytest.fixture
def database(tmp_path: Path):
    with open_database(url_in(tmp_path)) as database:
        yield database


def test_a_new_database_is_durable_and_checks_its_references(database: Database) -> None:
    with database.reading() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS]
    assert pragmas == list(PRAGMAS.values())


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_the_file_is_readable_by_its_owner_alone(database: Database, tmp_path: Path) -> None:
    mode = (tmp_path / "var" / "veillee.sqlite3").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_migrations_make_the_tables_that_the_code_speaks_of(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_database_of_before_keeps_its_people_their_choices_and_its_ledger(tmp_path: Path) -> None:
    _write_old_database(tmp_path / "old.sqlite3")
    with open_database(f"sqlite:///{tmp_path / 'old.sqlite3'}") as database, database.reading() as connection:
        rows = [connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() for name in OLD_ROWS]
        assert rows == [1] * len(OLD_ROWS)
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    with open_database(f"sqlite:///{tmp_path / 'old.sqlite3'}") as database, database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


OLD_ROWS = {
    "subscribers": "1, 'a@example.org', 'a@example.org', '', '', 'active', '2026-01-01', '2026-01-01'",
    "subscriber_choices": "1, 'topics', 'sql'",
    "editions": "1, 'weekly', '2026-W01', '2026-01-02', '2026-01-02', 's@example.org', 'l@example.org'",
    "variants": "1, 1, 'fr', 'Bonjour', '[]'",
    "deliveries": "1, 1, 1, 1, 'a@example.org', 'a@example.org', '', '<1@x>', 'accepted', 0, '', 1" + 4 * ", NULL",
}


def _write_old_database(path: Path) -> None:
    """As the first version of Veillée left it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for name, values in OLD_ROWS.items():
            connection.execute(text(f"INSERT INTO {name} VALUES ({values})"))
    engine.dispose()


def test_opening_twice_keeps_what_is_there(tmp_path: Path) -> None:
    with open_database(url_in(tmp_path)) as database, database.writing() as connection:
        connection.execute(insert(subscribers), [row("a@example.org")])
    with open_database(url_in(tmp_path)) as database, database.reading() as connection:
        assert connection.execute(select(subscribers.c.address)).scalars().all() == ["a@example.org"]


def test_an_instant_comes_back_in_utc(database: Database) -> None:
    paris = timezone(timedelta(hours=1))
    with database.writing() as connection:
        connection.execute(insert(subscribers), [row("a@example.org", NOW.astimezone(paris))])
    with database.reading() as connection:
        found = connection.execute(select(subscribers.c.subscribed_at)).scalar_one()
    assert found == NOW
    assert found.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="no time zone"), database.writing() as connection:
        connection.execute(insert(subscribers), [row("a@example.org", datetime(2026, 1, 1))])  # noqa: DTZ001


def test_a_broken_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.writing() as connection:
        connection.execute(insert(subscribers), [row("a@example.org")])
        raise RuntimeError
    with database.reading() as connection:
        assert connection.execute(select(subscribers)).all() == []


def test_a_choice_without_its_subscriber_is_refused(database: Database) -> None:
    with pytest.raises(SourceError, match="FOREIGN KEY"), database.writing() as connection:
        connection.execute(insert(choices), [{"subscriber_id": 9, "what": "topics", "name": "sql"}])


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.writing() as writer:
        writer.execute(insert(subscribers), [row("a@example.org")])
        with database.reading() as reader:
            assert reader.execute(select(subscribers)).all() == []


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "veillee.sqlite3").write_bytes(b"subscribers of last year\n" * 100)
    with pytest.raises(SourceError, match=r"veillee\.sqlite3: this is not a sound database"):
        open_database(url_in(tmp_path))


def test_a_database_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    with open_database(url_in(tmp_path)) as database, database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="another version"):
        open_database(url_in(tmp_path))


@pytest.mark.parametrize("url", ["not a url", "nosuch:///x"])
def test_a_url_that_cannot_be_used_is_a_setting_to_mend(url: str) -> None:
    with pytest.raises(ConfigurationError, match="VEILLEE_DATABASE"):
        open_database(url)
