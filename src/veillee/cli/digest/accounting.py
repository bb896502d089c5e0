"""What the commands say of an edition's deliveries: its tally as an equation, and the rows that need somebody."""

from __future__ import annotations

from collections import Counter
from typing import Any

from veillee.cli.console import say
from veillee.cli.digest.progress import reason_of
from veillee.cli.words import counted
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.records import Delivery, FrozenEdition, Tally
from veillee.model import DeliveryState

ROWS_SHOWN = 20
REASONS_SHOWN = 12
NEEDING = (DeliveryState.FAILED, DeliveryState.IN_DOUBT)
_SAID = {DeliveryState.FAILED: "failed", DeliveryState.IN_DOUBT: "in doubt", DeliveryState.SKIPPED: "skipped"}


def equation(tally: Tally) -> str:
    """`planned 24 = accepted 22 + failed 1 + in doubt 0 + skipped 1`; with `≠` and what is left where it does not."""
    right = (
        f"accepted {tally.accepted:,} + failed {tally.failed:,} + in doubt {tally.in_doubt:,} "
        f"+ skipped {tally.skipped:,}"
    )
    if tally.balances:
        return f"planned {tally.planned:,} = {right}"
    return f"planned {tally.planned:,} ≠ {right} (not sent yet {tally.waiting:,}, in hand {tally.claimed:,})"


def verdict(tally: Tally) -> str:
    """One sentence; "sent" only where every delivery is settled."""
    if tally.is_sent:
        return "Sent." if tally.accepted else "Nothing was accepted: nobody got it."
    left = []
    if tally.waiting:
        left.append(f"{counted(tally.waiting, 'recipient')} still to come")
    if tally.claimed:
        left.append(f"{tally.claimed:,} in the hands of a sender")
    if tally.put_off:
        when = f" from {tally.next_due_at:%Y-%m-%d %H:%M} UTC on" if tally.next_due_at else ""
        left.append(f"{tally.put_off:,} put off by the server, to be tried again{when}")
    if tally.in_doubt:
        left.append(f"{tally.in_doubt:,} in doubt, held and not sent again")
    return f"Not complete: {', '.join(left)}."


def say_needing(ledger: Ledger, edition: FrozenEdition) -> None:
    """The deliveries that failed or are in doubt, each with the words that came with it."""
    reasons: Counter[str] = Counter()
    for number, row in enumerate(ledger.rows(edition, NEEDING)):
        reasons[reason_of(row.words)] += 1
        if number < ROWS_SHOWN:
            again = ", will be tried again" if row.is_temporary else ""
            say(f"  {_SAID[row.state]}{again}: {row.address}: {row.words}")
    if reasons.total() > ROWS_SHOWN:
        say(f"  and {reasons.total() - ROWS_SHOWN:,} more; --json lists them all; by reason:")
        for reason, count in reasons.most_common(REASONS_SHOWN):
            say(f"    {reason}: {count:,}")


def as_json(ledger: Ledger, edition: FrozenEdition) -> dict[str, Any]:
    """An edition's account for programs."""
    tally = ledger.tally(edition)
    states = (*NEEDING, DeliveryState.SKIPPED, DeliveryState.CLAIMED)
    return {
        "digest": edition.digest_id,
        "edition": edition.edition_id,
        "frozen_at": edition.planned_at.isoformat(),
        "is_paused": edition.is_paused,
        "planned": tally.planned,
        "accepted": tally.accepted,
        "failed": tally.failed,
        "put_off": tally.put_off,
        "in_doubt": tally.in_doubt,
        "skipped": tally.skipped,
        "waiting": tally.waiting,
        "claimed": tally.claimed,
        "balances": tally.balances,
        "is_sent": tally.is_sent,
        "next_due_at": tally.next_due_at.isoformat() if tally.next_due_at else None,
        "variants": [
            {"lang": variant.lang, "part": variant.choice, "subject": variant.subject, "recipients": count}
            for variant, count in ledger.variants(edition)
        ],
        "rows": [_row(row) for row in ledger.rows(edition, states)],
    }


def _row(row: Delivery) -> dict[str, Any]:
    return {
        "address": row.address,
        "state": row.state.value,
        "is_temporary": row.is_temporary,
        "words": row.words,
        "message_id": row.message_id,
        "transport": row.transport,
        "attempts": row.attempts,
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "decided_by": row.decided_by,
    }
