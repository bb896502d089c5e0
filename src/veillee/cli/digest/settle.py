"""`veillee digest settle`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from veillee.cli.console import say, say_aside, say_json
from veillee.cli.options import JsonOption, SettingsOption
from veillee.cli.storage import load_site, opened
from veillee.cli.words import counted
from veillee.errors import DeliveryError, UsageError

if TYPE_CHECKING:
    from veillee.delivery.ledger.book import Ledger
    from veillee.delivery.ledger.records import Delivery, FrozenEdition
    from veillee.model import DeliveryState

ROWS_SHOWN = 20
EPILOG = """Examples: veillee digest settle weekly --log /var/log/mail.log,
veillee digest settle weekly --address amina@example.org --as accepted --by "Jeanne Vidal"

Without --log or --as it lists what is in doubt, and changes nothing."""


def settle(
    digest: Annotated[str, typer.Argument(help="The digest: the name of its folder, such as weekly.")],
    edition: Annotated[
        str | None, typer.Option("--edition", "-e", metavar="NAME", help="Which edition. [default: the newest]")
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option("--log", metavar="FILE", help="A log of the mail server: what it names was taken over."),
    ] = None,
    is_complete: Annotated[
        bool, typer.Option("--complete", help="The log holds everything since the sending: the others are sent again.")
    ] = False,
    outcome: Annotated[
        str | None,
        typer.Option("--as", metavar="OUTCOME", help="accepted (they got it), failed, or again (send it again)."),
    ] = None,
    address: Annotated[
        list[str] | None, typer.Option("--address", help="Only this recipient; may be repeated. [default: all]")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who decides; kept in the ledger.")] = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Settle deliveries that are in doubt: messages that may or may not have left when a sender died.

    The mail server's log knows best. Otherwise a person decides, with a name: once too often, or once too seldom.
    """
    from veillee.cli.digest.status import frozen_editions
    from veillee.delivery.ledger.book import Ledger

    _check(log, outcome, by, is_complete=is_complete)
    site = load_site(settings, now=None)
    with opened(site) as database:
        ledger = Ledger(database)
        one = frozen_editions(ledger, digest, edition)[0]
        doubts = _doubts(ledger, one, address or ())
        decisions = _decide(doubts, log=log, is_complete=is_complete, outcome=outcome)
        decided_by = by or f"the log {log}"
        done = ledger.settle_doubts(one, decisions, by=decided_by, now=datetime.now(UTC)) if decisions else 0
        left = [row for row in doubts if row.id not in {settled.id for settled, _ in decisions}]
        if as_json:
            say_json(_as_json(one, decisions, left))
        else:
            _say(one, decisions, left, done, is_looking=not (log or outcome))
        if left:
            raise typer.Exit(DeliveryError.exit_code)


def _check(log: Path | None, outcome: str | None, by: str | None, *, is_complete: bool) -> None:
    if log and outcome:
        raise UsageError("--log and --as do not go together: first what the log knows, then what a person decides")
    if outcome and outcome not in ("accepted", "failed", "again"):
        raise UsageError(f'--as is "{outcome}"; allowed: accepted, failed, again')
    if outcome and not by:
        raise UsageError('--as needs the name of who decides; add --by "Your Name"')
    if is_complete and not log:
        raise UsageError("--complete speaks of a log; add --log FILE")


def _doubts(ledger: Ledger, one: FrozenEdition, addresses: tuple[str, ...] | list[str]) -> list[Delivery]:
    from veillee.model import DeliveryState
    from veillee.model.address import AddressError, parse_address

    doubts = list(ledger.rows(one, (DeliveryState.IN_DOUBT,)))
    if not addresses:
        return doubts
    try:
        wanted = {parse_address(address).key for address in addresses}
    except AddressError as error:
        raise UsageError(f"--address: {error}") from error
    found = [row for row in doubts if parse_address(row.address).key in wanted]
    if len(found) < len(wanted):
        raise UsageError(f"{counted(len(wanted) - len(found), 'address')} of these is not in doubt")
    return found


def _decide(
    doubts: list[Delivery], *, log: Path | None, is_complete: bool, outcome: str | None
) -> list[tuple[Delivery, DeliveryState]]:
    from veillee.delivery.ledger.relay_log import find_message_ids
    from veillee.model import DeliveryState

    if outcome:
        state = {"accepted": DeliveryState.ACCEPTED, "failed": DeliveryState.FAILED, "again": DeliveryState.PLANNED}
        return [(row, state[outcome]) for row in doubts]
    if log is None:
        return []
    named = find_message_ids(log, (row.message_id for row in doubts))
    taken = [(row, DeliveryState.ACCEPTED) for row in doubts if row.message_id in named]
    rest = [(row, DeliveryState.PLANNED) for row in doubts if row.message_id not in named] if is_complete else []
    return [*taken, *rest]


def _say(
    one: FrozenEdition,
    decisions: list[tuple[Delivery, DeliveryState]],
    left: list[Delivery],
    done: int,
    *,
    is_looking: bool,
) -> None:
    name = f"{one.digest_id} {one.edition_id}"
    if not decisions and not left:
        say(f"{name}: nothing is in doubt.")
        return
    if not is_looking:
        say(f"{name}: settled {done:,}, still in doubt {len(left):,}.")
    else:
        say(f"{name}: in doubt {len(left):,}.")
    for row in left[:ROWS_SHOWN]:
        say(f"  {row.address}  {row.message_id}")
    if len(left) > ROWS_SHOWN:
        say(f"  and {len(left) - ROWS_SHOWN:,} more; --json lists them all")
    again = sum(state.value == "planned" for _, state in decisions)
    if again:
        say_aside(f"To send the {again:,} again: veillee digest send {one.digest_id} --edition {one.edition_id}")
    if left:
        say_aside("Look for these ids in the log of the mail server: --log FILE; or decide: --as accepted --by NAME")


def _as_json(
    one: FrozenEdition, decisions: list[tuple[Delivery, DeliveryState]], left: list[Delivery]
) -> dict[str, object]:
    return {
        "digest": one.digest_id,
        "edition": one.edition_id,
        "settled": [{"message_id": row.message_id, "state": state.value} for row, state in decisions],
        "in_doubt": [{"address": row.address, "message_id": row.message_id} for row in left],
    }
