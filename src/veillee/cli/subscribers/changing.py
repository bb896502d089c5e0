"""`veillee subscribers add`, `remove`, `pause` and `resume`: one subscriber at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from veillee.cli.console import say, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.cli.storage import load_site, moment, opened
from veillee.cli.subscribers.choosing import checked_address, digest_ids, keys_of, unknown
from veillee.errors import Fault, UsageError

if TYPE_CHECKING:
    from veillee.audience.imports import ImportReport
    from veillee.config import SiteSettings
    from veillee.database import Database
    from veillee.model import RawSubscriber, Subscriber, SubscriberState

ADD_EPILOG = "Example: veillee subscribers add amina@example.org --name Amina --lang fr --topic sql"
REMOVE_EPILOG = "Example: veillee subscribers remove amina@example.org"
PAUSE_EPILOG = "Example: veillee subscribers pause amina@example.org"
RESUME_EPILOG = "Example: veillee subscribers resume amina@example.org"

AddressArgument = Annotated[str, typer.Argument(help="The email address.", show_default=False)]
WordsOption = list[str] | None


def add(
    address: AddressArgument,
    name: Annotated[str | None, typer.Option("--name", help="How the mail addresses its reader.")] = None,
    lang: Annotated[str | None, typer.Option("--lang", metavar="CODE", help="The language of the mails.")] = None,
    topic: Annotated[WordsOption, typer.Option("--topic", help="A topic to hear of; may be repeated.")] = None,
    digest: Annotated[WordsOption, typer.Option("--digest", help="A digest to get; may be repeated.")] = None,
    stream: Annotated[WordsOption, typer.Option("--stream", help="A stream to hear of; may be repeated.")] = None,
    frequency: Annotated[
        str | None, typer.Option("--frequency", help="At most so often: instant, day, week or month.")
    ] = None,
    timezone: Annotated[str | None, typer.Option("--timezone", metavar="NAME", help="Such as Europe/Paris.")] = None,
    consent: Annotated[str | None, typer.Option("--consent", help="The words that they agreed to.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Take somebody back who left and asks to return.")] = False,
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add one subscriber, or change what one asked for.

    That they agreed is written down with the day, for somebody new, or who comes back, or with --consent.
    """
    from veillee.model import RawSubscriber

    site = load_site(settings, now=now)
    agreed_at = moment(site).isoformat()
    row = RawSubscriber(
        path="the command",
        line=0,
        address=address,
        name=name,
        lang=lang,
        topics=_words(topic),
        digests=_words(digest),
        streams=_words(stream),
        frequency=frequency,
        timezone=timezone,
        consent_at=agreed_at,
        consent_how="added by hand",
        consent_text=consent,
    )
    with opened(site) as database:
        known = _find(database, address)
        if known and not again:
            _refuse_left(known, digest or ())
            row = row if consent else replace(row, consent_at=None, consent_how=None)
        report = _import_one(database, row, site, by_their_wish=again)
    _refuse_faults(report, address)
    fate = "added" if report.new_count else "changed" if report.changed_count else "as it was"
    if report.back_count and not report.new_count:
        fate = "gets mail again"
    _tell(address, fate, as_json=as_json)


def _refuse_faults(report: ImportReport, address: str) -> None:
    if report.faults:
        raise UsageError("\n         ".join(map(_said, report.faults)))
    if report.kept_out:
        state = report.kept_out[0].state.value
        raise UsageError(f"{address} is {state}, and stays so; if they asked to come back, add --again")


def _said(fault: Fault) -> str:
    """A fault without its place: there is no file to mend."""
    meant = f"; {fault.todo}" if fault.todo.startswith("did you mean") else ""
    return f"{fault.found}; {fault.allowed}{meant}"


def _refuse_left(known: Subscriber, digests: Iterable[str]) -> None:
    if left := sorted(set(digests) & set(known.left)):
        raise UsageError(
            f"{known.address} left {', '.join(left)}, and keeps out of it; if they asked to come back, add --again"
        )


def _find(database: Database, typed: str) -> Subscriber | None:
    from veillee.audience.subscribers import SubscriberStore
    from veillee.model.address import AddressError, parse_address

    try:
        return SubscriberStore(database).find(parse_address(typed).key)
    except AddressError:
        return None  # said by what comes next


def _tell(address: str, fate: str, *, as_json: bool, aside: str = "") -> None:
    if as_json:
        say_json({"address": address, "fate": fate})
    else:
        say(f"{address}: {fate}.{aside and ' '}{aside}")


def remove(
    address: AddressArgument, settings: SettingsOption = None, now: NowOption = None, as_json: JsonOption = False
) -> None:
    """Stop all digests to an address. It is remembered, so that no later list brings it back."""
    from veillee.model import SubscriberState

    _set_state(settings, now, address, SubscriberState.UNSUBSCRIBED)
    _tell(address, "unsubscribed", as_json=as_json, aside="Nothing is sent to it any more.")


def pause(
    address: AddressArgument, settings: SettingsOption = None, now: NowOption = None, as_json: JsonOption = False
) -> None:
    """Send nothing to an address for a while."""
    from veillee.model import SubscriberState

    _set_state(settings, now, address, SubscriberState.PAUSED, only_from=SubscriberState.ACTIVE)
    _tell(address, "paused", as_json=as_json, aside=f"To send to it again: veillee subscribers resume {address}")


def resume(
    address: AddressArgument, settings: SettingsOption = None, now: NowOption = None, as_json: JsonOption = False
) -> None:
    """Send to a paused address again."""
    from veillee.model import SubscriberState

    _set_state(settings, now, address, SubscriberState.ACTIVE, only_from=SubscriberState.PAUSED)
    _tell(address, "gets mail again", as_json=as_json)


def _words(typed: list[str] | None) -> tuple[str, ...] | None:
    return tuple(typed) if typed else None


def _set_state(
    settings: Path | None,
    now: str | None,
    typed: str,
    state: SubscriberState,
    *,
    only_from: SubscriberState | None = None,
) -> None:
    from veillee.audience.subscribers import SubscriberStore

    key = checked_address(typed).key
    site = load_site(settings, now=now)
    with opened(site) as database:
        store = SubscriberStore(database)
        found = store.find(key)
        if found is None:
            raise unknown(typed)
        if only_from and found.state is not only_from:
            raise UsageError(f"{typed} is {found.state.value}; only who is {only_from.value} becomes {state.value}")
        store.set_state(key, state, now=moment(site))


def _import_one(database: Database, row: RawSubscriber, site: SiteSettings, *, by_their_wish: bool) -> ImportReport:
    from veillee.audience.imports import import_subscribers
    from veillee.audience.rows import check_rows

    rows = check_rows([row], digest_ids=digest_ids(site))
    return import_subscribers(database, rows, now=moment(site), keys=lambda: keys_of(site), by_their_wish=by_their_wish)
