"""`veillee subscribers`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from veillee.cli.build import counted
from veillee.cli.console import report_faults, say, say_aside, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.cli.storage import load_site, moment, opened
from veillee.errors import ContentError, UsageError

if TYPE_CHECKING:
    from veillee.audience.imports import ImportReport
    from veillee.config import SiteSettings
    from veillee.database import Database
    from veillee.model import RawSubscriber, Subscriber

NOTES_SHOWN = 12
EPILOG = "Examples: veillee subscribers import people.csv, veillee subscribers list --digest weekly"

app = typer.Typer(no_args_is_help=True, help="Keep the list of who gets digests.", epilog=EPILOG)

WordsOption = list[str] | None


@app.command(
    "import", epilog="Example: veillee subscribers import people.csv, with the columns address, name, lang, topics."
)
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV or YAML file, one subscriber a row.", show_default=False)],
    strict: Annotated[bool, typer.Option("--strict", help="Store nothing where a row is refused.")] = False,
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a list in: new addresses are added, known ones brought up to date, whoever left stays out.

    Importing twice changes nothing. Rows with a problem are named and left out, the others are stored, and the exit
    code is 1.
    """
    from veillee.audience.imports import ImportReport, import_subscribers
    from veillee.audience.rows import check_rows
    from veillee.shown import shown_path
    from veillee.sources.subscribers import read_subscribers

    site = load_site(settings, now=now)
    read = read_subscribers(file, shown=shown_path(file))
    if read.faults:
        report = ImportReport(faults=list(read.faults), is_applied=False)
    else:
        with opened(site) as database:
            rows = check_rows(read.rows, digest_ids=digest_ids(site))
            report = import_subscribers(database, rows, now=moment(site), all_or_nothing=strict)
    if as_json:
        say_json(_report_as_json(report, read.notes))
    else:
        _say_report(report, read.notes)
    if report.faults:
        raise typer.Exit(ContentError.exit_code)


@app.command("list", epilog="Example: veillee subscribers list --digest weekly --lang fr --json")
def list_subscribers(
    lang: Annotated[str | None, typer.Option("--lang", metavar="CODE", help="Those with this language only.")] = None,
    digest: Annotated[str | None, typer.Option("--digest", metavar="NAME", help="Those who get this digest.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Also those who left.")] = False,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the subscribers who get mail, in the order in which they came."""
    from veillee.audience.subscribers import SubscriberStore
    from veillee.model import SubscriberState

    site = load_site(settings, now=None)
    _check_digest(digest, site)
    with opened(site) as database:
        states = () if everybody else (SubscriberState.ACTIVE,)
        found = SubscriberStore(database).every(lang=lang, digest=digest, states=states)
        if as_json:
            say_json([_as_json(one) for one in found])
            return
        count = 0
        for one in found:
            say(_line(one))
            count += 1
    say_aside(counted(count, "subscriber") + "." if count else _nobody(lang, digest))


@app.command("add", epilog="Example: veillee subscribers add amina@example.org --name Amina --lang fr --topic sql")
def add(
    address: Annotated[str, typer.Argument(help="The email address.", show_default=False)],
    name: Annotated[str | None, typer.Option("--name", help="How the mail addresses its reader.")] = None,
    lang: Annotated[str | None, typer.Option("--lang", metavar="CODE", help="The language of the mails.")] = None,
    topic: Annotated[WordsOption, typer.Option("--topic", help="A topic to hear of; may be repeated.")] = None,
    digest: Annotated[WordsOption, typer.Option("--digest", help="A digest to get; may be repeated.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Take somebody back who left and asks to return.")] = False,
    settings: SettingsOption = None,
    now: NowOption = None,
) -> None:
    """Add one subscriber, or change what one asked for."""
    from veillee.model import RawSubscriber

    site = load_site(settings, now=now)
    row = RawSubscriber(
        path="the command",
        line=0,
        address=address,
        name=name,
        lang=lang,
        topics=tuple(topic) if topic else None,
        digests=tuple(digest) if digest else None,
    )
    with opened(site) as database:
        if again:
            _take_back(database, address, site)
        report = _import_one(database, row, site)
    if report.faults:
        raise UsageError("\n         ".join(f"{fault.found}; {fault.allowed}" for fault in report.faults))
    if report.kept_out:
        state = report.kept_out[0].state.value
        raise UsageError(f"{address} is {state}, and stays so; if they asked to come back, add --again")
    unchanged = "gets mail again." if again else "as it was."
    say(f"{address}: " + ("added." if report.new_count else "changed." if report.changed_count else unchanged))


@app.command("remove", epilog="Example: veillee subscribers remove amina@example.org")
def remove(
    address: Annotated[str, typer.Argument(help="The email address.", show_default=False)],
    settings: SettingsOption = None,
    now: NowOption = None,
) -> None:
    """Stop all digests to an address. It is remembered, so that no later list brings it back."""
    from veillee.audience.subscribers import SubscriberStore
    from veillee.model import SubscriberState
    from veillee.model.address import AddressError, parse_address

    site = load_site(settings, now=now)
    try:
        key = parse_address(address).key
    except AddressError as error:
        raise UsageError(f'"{address}" is not an address: {error}') from error
    with opened(site) as database:
        if not SubscriberStore(database).set_state(key, SubscriberState.UNSUBSCRIBED, now=moment(site)):
            raise UsageError(f"{address} is no subscriber; see them all with: veillee subscribers list --all")
    say(f"{address}: unsubscribed. Nothing is sent to it any more.")


def digest_ids(site: SiteSettings) -> tuple[str, ...]:
    """The names of the digests that somebody may choose."""
    from veillee.shipped import digests_folder

    for folder in (site.digests, digests_folder()):
        if names := tuple(sorted(path.parent.name for path in folder.glob("*/digest.yaml"))):
            return names
    return ()


def _check_digest(digest: str | None, site: SiteSettings) -> None:
    known = digest_ids(site)
    if digest is not None and digest not in known:
        raise UsageError(f'there is no digest "{digest}"; there are: {", ".join(known) or "none"}')


def _import_one(database: Database, row: RawSubscriber, site: SiteSettings) -> ImportReport:
    from veillee.audience.imports import import_subscribers
    from veillee.audience.rows import check_rows

    return import_subscribers(database, check_rows([row], digest_ids=digest_ids(site)), now=moment(site))


def _take_back(database: Database, address: str, site: SiteSettings) -> None:
    from veillee.audience.subscribers import SubscriberStore
    from veillee.model import SubscriberState
    from veillee.model.address import AddressError, parse_address

    try:
        SubscriberStore(database).set_state(parse_address(address).key, SubscriberState.ACTIVE, now=moment(site))
    except AddressError:
        return  # said by what comes next


def _say_report(report: ImportReport, notes: tuple[str, ...]) -> None:
    report_faults(report.faults)
    for note in notes[:NOTES_SHOWN]:
        say_aside(f"note: {note}")
    for kept in report.kept_out[:NOTES_SHOWN]:
        say_aside(f"{kept.path}:{kept.line}: {kept.address} is {kept.state.value}, and stays so")
    if len(report.kept_out) > NOTES_SHOWN:
        say_aside(f"and {counted(len(report.kept_out) - NOTES_SHOWN, 'other')}; --json lists them all")
    if not report.is_applied:
        say("Nothing was imported: mend the problems above and import the list again.")
        return
    say(", ".join(_sums(report)) + ".")
    if report.faults:
        say("Mend the problems above and import the list again: what is stored already stays as it is.")


def _sums(report: ImportReport) -> Iterator[str]:
    yield f"{report.new_count:,} new"
    yield f"{report.changed_count:,} changed"
    yield f"{report.unchanged_count:,} unchanged"
    yield f"{len(report.kept_out):,} had left and stay out"
    yield f"{report.refused_count:,} refused"


def _report_as_json(report: ImportReport, notes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "is_applied": report.is_applied,
        "new": report.new_count,
        "changed": report.changed_count,
        "unchanged": report.unchanged_count,
        "refused": report.refused_count,
        "kept_out": [
            {"path": kept.path, "line": kept.line, "address": kept.address, "state": kept.state.value}
            for kept in report.kept_out
        ],
        "faults": [str(fault) for fault in sorted(report.faults)],
        "notes": list(notes),
    }


def _as_json(one: Subscriber) -> dict[str, Any]:
    return {
        "address": one.address,
        "name": one.name,
        "lang": one.lang,
        "digests": list(one.digests),
        "topics": list(one.topics),
        "streams": list(one.streams),
        "state": one.state.value,
        "subscribed_at": one.subscribed_at.isoformat() if one.subscribed_at else None,
    }


def _line(one: Subscriber) -> str:
    """`amina@example.org  Amina  fr  digests: weekly  topics: sql`"""
    chosen = {"digests": one.digests, "topics": one.topics, "streams": one.streams}
    words = [
        one.address,
        one.name,
        one.lang,
        *(f"{what}: {', '.join(names)}" for what, names in chosen.items() if names),
    ]
    state = "" if one.state.value == "active" else f"({one.state.value})"
    return "  ".join(word for word in (*words, state) if word)


def _nobody(lang: str | None, digest: str | None) -> str:
    if lang or digest:
        return "Nobody. Without --lang and --digest the list shows everybody."
    return "Nobody yet. Take a list in with: veillee subscribers import people.csv"
