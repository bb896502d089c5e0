"""`veillee subscribers erase`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from veillee.cli.console import say, say_aside, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.cli.storage import load_site, moment, opened
from veillee.cli.subscribers.choosing import checked_address, keys_of, unknown
from veillee.cli.words import counted
from veillee.errors import SourceError, UsageError

UNREACHED = (
    "mails that were delivered, also those in a maildir",
    "what comes back in your mailbox",
    "your own lists and exports",
    "logs of the mail server",
    "copies of var/",
)
EPILOG = "Example: veillee subscribers erase amina@example.org --yes"


def erase(
    address: Annotated[str, typer.Argument(help="The email address.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; it cannot be undone.")] = False,
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Forget a person: address, name, wishes, consent, and their deliveries' addresses. It cannot be undone.

    A hash of the address stays, which cannot be turned back, so that no later list mails them again.
    """
    from veillee.audience.erasing import erase_subscriber

    checked = checked_address(address)
    site = load_site(settings, now=now)
    with opened(site) as database:
        if not yes:
            _ask(address)
        erasure = erase_subscriber(database, checked, keys=keys_of(site), now=moment(site))
    if not erasure.is_done:
        raise unknown(address)
    if as_json:
        say_json(
            {
                "address": address,
                "deliveries": erasure.delivery_count,
                "is_wiped": erasure.is_wiped,
                "unreached": UNREACHED,
            }
        )
    else:
        say(f"{address}: " + ("erased already." if erasure.was_erased else _told(erasure.delivery_count)))
        say_aside(f"What this cannot reach: {', '.join(UNREACHED)}.")
    if not erasure.is_wiped:
        raise SourceError(
            "the address is out of the database, but another program keeps old bytes of its file alive; close it "
            "(a send, a copy, a viewer), and run this again"
        )


def _told(delivery_count: int) -> str:
    kept = (
        f", and {counted(delivery_count, 'delivery', 'deliveries')} without a name or address" if delivery_count else ""
    )
    return f"erased. What stays is a hash of the address, so that no list brings it back{kept}."


def _ask(address: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError(f"erasing {address} cannot be undone; if you mean it, add --yes")
    if not typer.confirm(f"Forget {address} for good?", err=True):
        raise UsageError("nothing was erased")
