"""A digest, its variants and its subscribers, as small as they can be."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime, time
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from veillee.audience.imports import import_subscribers
from veillee.audience.rows import NewSubscriber
from veillee.audience.subscribers import read_subscribers_in
from veillee.database import Database, open_database
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.records import FrozenEdition
from veillee.delivery.message.composing import make_stencil
from veillee.delivery.plan import PlannedVariant, plan_deliveries, plan_edition
from veillee.model import Digest, Edition, Every, Mailbox, Schedule, Token, Variant, Weekday
from veillee.model.address import parse_address

NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
SECRET = b"a key that is long enough"
SENDER = Mailbox("La Veillée", "veillee@veillee.example")

DIGEST = Digest(
    id="weekly",
    folder="digests/weekly",
    titles=(("fr", "L’histoire de la semaine"), ("en", "The story of the week")),
    languages=("fr", "en"),
    schedule=Schedule(Every.WEEK, time(8), ZoneInfo("Europe/Paris"), Weekday.FRIDAY),
    sections=(),
    mix=(),
    item_count=9,
    minimum_items=3,
    sender=SENDER,
)
EDITION = Edition("weekly", "2026-W47", datetime(2026, 11, 13, 7, tzinfo=UTC), NOW, sections=())


def variant(lang: str = "fr", subject: str = "Une nuit à l’atelier", **parts: object) -> Variant:
    html = ("<p>Bonjour ", Token.RECIPIENT_NAME, '</p>\n<a href="', Token.UNSUBSCRIBE_URL, '">Partir</a>\n')
    text = ("Bonjour ", Token.RECIPIENT_NAME, "\n\nPartir : ", Token.UNSUBSCRIBE_URL, "\n")
    given = {"html": html, "text": text, **parts}
    return Variant("2026-W47", "weekly", lang, subject, **given)  # type: ignore[arg-type]


def new_database(folder: Path) -> str:
    """The URL of a database in `folder`, empty and migrated: a copy, since migrating takes its time."""
    path = folder / "veillee.sqlite3"
    path.write_bytes(_migrated())
    return f"sqlite:///{path}"


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "veillee.sqlite3"
        open_database(f"sqlite:///{path}").close()
        return path.read_bytes()


def subscribe(database: Database, *addresses: str, lang: str = "fr") -> None:
    rows = [
        NewSubscriber("people.csv", number, parse_address(address), name=f"Reader {number}", lang=lang)
        for number, address in enumerate(addresses, start=2)
    ]
    import_subscribers(database, rows, now=NOW)


def freeze(database: Database, *, subject: str = "Une nuit à l’atelier") -> tuple[Ledger, FrozenEdition]:
    """The edition frozen for whoever is subscribed now."""
    ledger = Ledger(database)

    def make_variant(lang: str, post_ids: frozenset[str] | None) -> PlannedVariant:
        made = variant(lang, subject)
        return PlannedVariant(lang, made.subject, make_stencil(made, digest=DIGEST, date=NOW))

    frozen = ledger.freeze(
        plan_edition(EDITION, DIGEST, unsubscribe_to="leave@veillee.example"),
        lambda connection: plan_deliveries(read_subscribers_in(connection), DIGEST, EDITION, key=SECRET),
        make_variant=make_variant,
        now=NOW,
    )
    return ledger, frozen


def parsed(message: bytes) -> EmailMessage:
    found = email.message_from_bytes(message, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def texts(message: bytes) -> tuple[str, str]:
    """The text part and the HTML part."""
    whole = parsed(message)
    parts = [whole.get_body((kind,)) for kind in ("plain", "html")]
    plain, html = (part.get_content().replace("\r\n", "\n") if part else "" for part in parts)
    return plain, html


def everything_in(message: bytes) -> Iterator[str]:
    """Every header line as it is in the bytes, unfolded."""
    head = message.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").decode()
    yield from head.split("\r\n")
