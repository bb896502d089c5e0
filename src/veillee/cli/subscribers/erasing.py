"""`veillee subscribers erase`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from veillee.cli.console import say, say_aside
from veillee.cli.options import NowOption, SettingsOption
from veillee.cli.storage import load_site, moment, opened
from veillee.cli.subscribers.choosing import checked_address, keys_of, unknown
from veillee.errors import UsageError

EPILOG = "Example: veillee subscribers erase amina@example.org --yes"


def erase(
    address: Annotated[str, typer.Argument(help="The email address.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; it cannot be undone.")] = False,
    settings: SettingsOption = None,
    now: NowOption = None,
) -> None:
    """Forget a person: address, name, wishes, consent, and their deliveries' addresses. It cannot be undone.

    A hash of the address stays, which cannot be turned back, so that no later list mails them again.
    """
    from veillee.audience.erasing import erase_subscriber
    from veillee.model import SubscriberState

    key = checked_address(address).key
    site = load_site(settings, now=now)
    with opened(site) as database:
        if not yes:
            _ask(address)
        if not erase_subscriber(database, key, keys=keys_of(site), now=moment(site)):
            raise unknown(address)
    say(f"{address}: {SubscriberState.ERASED.value}.")
    say_aside(
        "What this cannot reach: mails that were delivered (also those in a maildir), your own lists and exports, "
        "backups of var/."
    )


def _ask(address: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError(f"erasing {address} cannot be undone; if you mean it, add --yes")
    if not typer.confirm(f"Forget {address} for good?", err=True):
        raise UsageError("nothing was erased")
