"""What commands about people share: a site's settings, its clock, and its database, open for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from veillee.config import SiteSettings
    from veillee.database import Database


def load_site(settings: Path | None, *, now: str | None) -> SiteSettings:
    """The settings of a site, without reading its content."""
    from veillee.config import site_settings
    from veillee.site.settings import ROOT_KEY, load_settings

    loaded = load_settings(settings, overrides={"VEILLEE_NOW": now} if now else {})
    return site_settings(loaded, root=Path(loaded[ROOT_KEY]))


def moment(site: SiteSettings) -> datetime:
    """This instant, or the one that the command was told to pretend."""
    return site.now or datetime.now(UTC)


@contextmanager
def opened(site: SiteSettings) -> Iterator[Database]:
    """The database of subscribers and ledger."""
    from veillee.database import open_database

    with open_database(site.database) as database:
        yield database


@contextmanager
def opened_if_made(site: SiteSettings) -> Iterator[Database | None]:
    """The same for those who only look: None where there is no database yet, and none is made."""
    from veillee.database import is_made

    if not is_made(site.database):
        yield None
        return
    with opened(site) as database:
        yield database
