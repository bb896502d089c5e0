"""`veillee digest status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from veillee.cli.console import say, say_aside, say_json
from veillee.cli.options import JsonOption, SettingsOption
from veillee.cli.storage import load_site, opened
from veillee.errors import DeliveryError, UsageError, nearest

if TYPE_CHECKING:
    from veillee.delivery.ledger.book import Ledger
    from veillee.delivery.ledger.records import FrozenEdition

EPILOG = "Example: veillee digest status weekly --edition 2026-W47"


def status(
    digest: Annotated[str, typer.Argument(help="The digest: the name of its folder, such as weekly.")],
    edition: Annotated[
        str | None, typer.Option("--edition", "-e", metavar="NAME", help="This one only. [default: all that were sent]")
    ] = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say who got an edition, as an equation that must balance.

    The exit code is 4 while a delivery is not settled.
    """
    from veillee.cli.digest import accounting
    from veillee.delivery.ledger.book import Ledger

    site = load_site(settings, now=None)
    with opened(site) as database:
        ledger = Ledger(database)
        frozen = frozen_editions(ledger, digest, edition)
        if as_json:
            say_json([accounting.as_json(ledger, one) for one in frozen])
        else:
            for one in frozen:
                _say(ledger, one)
        if not all(ledger.tally(one).is_sent for one in frozen):
            raise typer.Exit(DeliveryError.exit_code)


def frozen_editions(ledger: Ledger, digest: str, edition: str | None) -> tuple[FrozenEdition, ...]:
    sent = ledger.editions_of(digest)
    found = tuple(one for one in sent if edition in (None, one.edition_id))
    if found:
        return found
    if sent:
        raise UsageError(f'"{edition}" of {digest} was not sent; these were: {_names(sent)}')
    near = nearest(digest, ledger.digest_ids())
    hint = f'did you mean "{near}"?' if near else f"send one with: veillee digest send {digest}"
    raise UsageError(f"no edition of {digest} was sent yet; {hint}")


def _names(sent: tuple[FrozenEdition, ...]) -> str:
    return ", ".join(one.edition_id for one in sent[:12])


def _say(ledger: Ledger, one: FrozenEdition) -> None:
    from veillee.cli.digest.accounting import equation, say_needing, verdict

    tally = ledger.tally(one)
    paused = " It is paused." if one.is_paused else ""
    say(f"{one.digest_id} {one.edition_id}, frozen on {one.planned_at:%Y-%m-%d at %H:%M} UTC. {verdict(tally)}{paused}")
    say(f"  {equation(tally)}")
    say_needing(ledger, one)
    edition = f"{one.digest_id} --edition {one.edition_id}"
    if one.is_paused:
        say_aside(f"To go on: veillee digest resume {edition}")
    elif tally.waiting or tally.put_off:
        say_aside(f"To go on: veillee digest send {edition}")
    if tally.in_doubt:
        say_aside(f"To settle what is in doubt: veillee digest settle {edition}")
