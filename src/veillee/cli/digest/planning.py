"""What a send would do: the plan of an edition in numbers, nothing stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from veillee.audience.subscribers import SubscriberStore
from veillee.cli.digest.mailing import Mailing, deliveries_of, render_variants
from veillee.database import Database
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.records import FrozenEdition
from veillee.delivery.plan import summarise, why_not
from veillee.model import DeliveryState


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Who would get what. `variants` are (language, part, recipients, subject), part empty for the whole edition.

    `frozen_at` is None for a new edition.
    """

    digest_id: str
    edition_id: str
    total: int
    variants: tuple[tuple[str, str, int, str], ...]
    by_domain: tuple[tuple[str, int], ...]
    left_out: tuple[tuple[str, int], ...]
    frozen_at: datetime | None = None

    def as_plain(self) -> dict[str, Any]:
        return {
            "digest": self.digest_id,
            "edition": self.edition_id,
            "frozen_at": self.frozen_at.isoformat() if self.frozen_at else None,
            "total": self.total,
            "variants": [
                {"lang": lang, "part": part, "count": count, "subject": subject}
                for lang, part, count, subject in self.variants
            ],
            "domains": dict(self.by_domain),
            "left_out": dict(self.left_out),
        }


def foresee(mailing: Mailing, database: Database) -> Foreseen:
    """The plan of an edition that was not begun, or what is left of one that was."""
    ledger = Ledger(database)
    frozen = ledger.find(mailing.digest.id, mailing.edition.id)
    return _rest(ledger, frozen) if frozen else _whole(mailing, database)


def _whole(mailing: Mailing, database: Database) -> Foreseen:
    subjects = {variant.lang: variant.subject for variant in render_variants(mailing)}
    store = SubscriberStore(database)
    summary = summarise(deliveries_of(mailing, store.every(), key=b"nothing is stored"))
    left_out: Counter[str] = Counter(dict(summary.skipped))
    for subscriber in store.every():
        if reason := why_not(subscriber, mailing.digest):
            left_out[reason] += 1
    return Foreseen(
        digest_id=mailing.digest.id,
        edition_id=mailing.edition.id,
        total=summary.total,
        variants=tuple((lang, part, count, subjects[lang]) for (lang, part), count in summary.by_variant),
        by_domain=summary.by_domain,
        left_out=tuple(sorted(left_out.items())),
    )


def _rest(ledger: Ledger, frozen: FrozenEdition) -> Foreseen:
    """Planned rows, and those that were put off; the others are done with, by their state."""
    variants = {variant.id: variant for variant, _ in ledger.variants(frozen)}
    by_variant: Counter[int] = Counter()
    by_domain: Counter[str] = Counter()
    done: Counter[str] = Counter()
    for row in ledger.rows(frozen, tuple(DeliveryState)):
        if row.state is DeliveryState.PLANNED or row.is_temporary:
            by_domain[row.domain] += 1
            by_variant[row.variant_id] += 1
        else:
            done[row.state.value.replace("_", " ")] += 1
    left = ((variants[number], count) for number, count in by_variant.most_common())
    return Foreseen(
        digest_id=frozen.digest_id,
        edition_id=frozen.edition_id,
        total=by_domain.total(),
        variants=tuple((variant.lang, variant.choice, count, variant.subject) for variant, count in left),
        by_domain=tuple(by_domain.most_common()),
        left_out=tuple(sorted(done.items())),
        frozen_at=frozen.planned_at,
    )
