"""What a send would do: the plan of an edition in numbers, nothing stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from veillee.audience.subscribers import SubscriberStore
from veillee.cli.digest.mailing import Mailing, make_plan
from veillee.database import Database
from veillee.delivery.ledger import Ledger
from veillee.delivery.plan import gets, plan_deliveries, summarise
from veillee.delivery.records import FrozenEdition
from veillee.model import DeliveryState, SubscriberState


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Who would get what. `variants` are (language, recipients, subject); `frozen_at` is None for a new edition."""

    digest_id: str
    edition_id: str
    total: int
    variants: tuple[tuple[str, int, str], ...]
    by_domain: tuple[tuple[str, int], ...]
    left_out: tuple[tuple[str, int], ...]
    frozen_at: datetime | None = None

    def as_plain(self) -> dict[str, Any]:
        return {
            "digest": self.digest_id,
            "edition": self.edition_id,
            "frozen_at": self.frozen_at.isoformat() if self.frozen_at else None,
            "total": self.total,
            "variants": [{"lang": lang, "count": count, "subject": subject} for lang, count, subject in self.variants],
            "domains": dict(self.by_domain),
            "left_out": dict(self.left_out),
        }


def foresee(mailing: Mailing, database: Database) -> Foreseen:
    """The plan of an edition that was not begun, or what is left of one that was."""
    frozen = Ledger(database).find(mailing.digest.id, mailing.edition.id)
    return _rest(mailing, database, frozen) if frozen else _whole(mailing, database)


def _whole(mailing: Mailing, database: Database) -> Foreseen:
    subjects = {variant.lang: variant.subject for variant in make_plan(mailing).variants}
    store = SubscriberStore(database)
    planned = plan_deliveries(store.every(), mailing.digest, mailing.edition.id, secret=b"")
    summary = summarise(planned)
    left_out: Counter[str] = Counter()
    for subscriber in store.every():
        if not gets(subscriber, mailing.digest.id):
            is_active = subscriber.state is SubscriberState.ACTIVE
            left_out["chose other digests" if is_active else subscriber.state.value] += 1
    return Foreseen(
        digest_id=mailing.digest.id,
        edition_id=mailing.edition.id,
        total=summary.total,
        variants=tuple((lang, count, subjects[lang]) for lang, count in summary.by_lang),
        by_domain=summary.by_domain,
        left_out=tuple(sorted(left_out.items())),
    )


def _rest(mailing: Mailing, database: Database, frozen: FrozenEdition) -> Foreseen:
    """Planned rows, and those that were put off; the others are done with, by their state."""
    ledger = Ledger(database)
    by_domain: Counter[str] = Counter()
    done: Counter[str] = Counter()
    for row in ledger.rows(frozen, tuple(DeliveryState)):
        if row.state is DeliveryState.PLANNED or row.is_temporary:
            by_domain[row.wire_address.rpartition("@")[2]] += 1
        else:
            done[row.state.value.replace("_", " ")] += 1
    return Foreseen(
        digest_id=mailing.digest.id,
        edition_id=mailing.edition.id,
        total=by_domain.total(),
        variants=(),
        by_domain=tuple(by_domain.most_common()),
        left_out=tuple(sorted(done.items())),
        frozen_at=frozen.planned_at,
    )
