"""`veillee digest send`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from veillee.cli.console import say, say_aside, say_json
from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.cli.storage import opened
from veillee.cli.words import counted
from veillee.errors import DeliveryError, UsageError

if TYPE_CHECKING:
    from veillee.cli.digest.mailing import Mailing
    from veillee.cli.digest.sending import Sent
    from veillee.database import Database

EPILOG = """Examples: veillee digest send weekly --dry-run, veillee digest send weekly --test-to me@example.org,
veillee digest send weekly --edition 2026-W47

Without --edition it sends the newest edition whose time has come. Sending again sends nothing twice."""
DOMAINS_SHOWN = 8
VARIANTS_SHOWN = 12


def send(
    digest: Annotated[str, typer.Argument(help="The digest: the name of its folder, such as weekly.")],
    edition: Annotated[
        str | None,
        typer.Option(
            "--edition", "-e", metavar="NAME", help="Which edition: 2026-W47, 2026-11-20, 2026-11, 2026-11-20T0800Z."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say who would get what; send and store nothing.")] = False,
    test_to: Annotated[
        str | None,
        typer.Option("--test-to", metavar="ADDRESS", help="Send every variant to this address alone, as a test."),
    ] = None,
    transport: Annotated[
        str | None,
        typer.Option("--transport", "-t", metavar="NAME", help="maildir or smtp. [default: VEILLEE_TRANSPORT]"),
    ] = None,
    late: Annotated[bool, typer.Option("--late", help="Send an edition that is older than its digest allows.")] = False,
    wait: Annotated[
        int, typer.Option("--wait", metavar="MINUTES", min=0, help="Stay for what the server puts off. [default: 0]")
    ] = 0,
    processes: Annotated[
        int, typer.Option("--processes", metavar="N", min=1, max=16, help="Send with so many processes. [default: 1]")
    ] = 1,
    despite_errors: Annotated[
        bool, typer.Option("--despite-errors", help="Send what veillee digest check finds errors in.")
    ] = False,
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send an edition to its subscribers: each gets it once, whatever happens.

    The first time, the edition is looked over (veillee digest check), then edition and recipients are frozen; from then
    on this sends what is left. The exit code is 4 while a delivery is not settled, or where one failed in this run.
    """
    from veillee.cli.digest.mailing import check_may_go_out, open_mailing

    if transport not in (None, "maildir", "smtp"):
        raise UsageError(f'--transport is "{transport}"; allowed: maildir, smtp')
    is_trial = dry_run or test_to is not None
    mailing = open_mailing(digest, edition, settings=settings, now=now, may_wait=is_trial)
    if not (is_trial and mailing.is_to_come):
        check_may_go_out(mailing, is_late_allowed=late or test_to is not None)
    if mailing.faults:
        say_aside(f"{counted(len(mailing.faults), 'problem')} in the content; veillee check names them.")
    way_out = transport or mailing.site.mail.transport
    with opened(mailing.site) as database:
        if dry_run:
            _say_plan(mailing, database, as_json=as_json)
        elif test_to is not None:
            _try(mailing, database, test_to, transport=way_out, as_json=as_json)
        else:
            _send(
                mailing,
                database,
                transport=way_out,
                wait=wait,
                processes=processes,
                despite_errors=despite_errors,
                as_json=as_json,
            )


def _send(
    mailing: Mailing,
    database: Database,
    *,
    transport: str,
    wait: int,
    processes: int,
    despite_errors: bool,
    as_json: bool,
) -> None:
    from veillee.cli.digest.accounting import as_json as account
    from veillee.cli.digest.sending import send_edition
    from veillee.delivery.ledger.book import Ledger

    wait_until = mailing.clock() + timedelta(minutes=wait) if wait else None
    sent = send_edition(
        mailing,
        database,
        transport=transport,
        is_quiet=as_json,
        processes=processes,
        wait_until=wait_until,
        despite_errors=despite_errors,
    )
    if as_json:
        say_json({**account(Ledger(database), sent.edition), "accepted_now": sent.accepted, "failed_now": sent.failed})
    else:
        _say_sent(mailing, database, sent)
    if sent.error:
        raise sent.error
    if sent.failed or not sent.tally.is_sent:
        raise typer.Exit(DeliveryError.exit_code)


def _try(mailing: Mailing, database: Database, typed: str, *, transport: str, as_json: bool) -> None:
    from veillee.cli.digest.readiness import check_ready
    from veillee.cli.digest.trying import send_test
    from veillee.delivery.envelope import Reply
    from veillee.model.address import AddressError, parse_address

    try:
        address = parse_address(typed)
    except AddressError as error:
        raise UsageError(f'--test-to: "{typed}" is not an address: {error}') from error
    if transport == "smtp":
        check_ready(mailing.site, mailing.digest)
    tried = send_test(mailing, database, address, transport=transport)
    failed = [one for one in tried if one.outcome.reply is not Reply.ACCEPTED]
    if as_json:
        say_json(
            [
                {
                    "lang": one.lang,
                    "part": one.part,
                    "subject": one.subject,
                    "reply": one.outcome.reply.value,
                    "words": one.outcome.words,
                }
                for one in tried
            ]
        )
    else:
        name = f"{mailing.digest.id} {mailing.edition.id}"
        say(f"{counted(len(tried), 'variant')} of {name}, as a test to {address.shown}:")
        for one in tried:
            part = f" (part {one.part[:6]})" if one.part else ""
            said = "accepted" if one.outcome.reply is Reply.ACCEPTED else one.outcome.words
            say(f"  {one.lang}{part}: {one.subject}: {said}")
        say_aside("Nobody else was mailed, and the edition does not count as sent.")
    if failed:
        raise typer.Exit(DeliveryError.exit_code)


def _say_sent(mailing: Mailing, database: Database, sent: Sent) -> None:
    from veillee.cli.digest.accounting import equation, say_needing, verdict
    from veillee.delivery.ledger.book import Ledger
    from veillee.shown import shown_path

    tally = sent.tally
    say(f"{mailing.digest.id} {mailing.edition.id}: {verdict(tally)}")
    say(f"  {equation(tally)}")
    say(f"  this run: {counted(sent.accepted, 'message')} accepted, through {sent.transport}")
    say_needing(Ledger(database), sent.edition)
    if not tally.planned:
        say_aside("There are no subscribers for it. Take a list in with: veillee subscribers import people.csv")
    elif tally.waiting or tally.put_off:
        say_aside(f"To go on: veillee digest send {mailing.digest.id} --edition {mailing.edition.id}")
    elif sent.accepted and sent.transport.startswith("maildir"):
        folder = shown_path(mailing.site.mail.maildir)
        say_aside(f"They lie in {folder}/new, and nobody was mailed; the ledger counts them as sent all the same.")


def _say_plan(mailing: Mailing, database: Database, *, as_json: bool) -> None:
    from veillee.cli.digest.mailing import due_date
    from veillee.cli.digest.planning import foresee
    from veillee.cli.digest.readiness import find_missing

    foreseen = foresee(mailing, database)
    if as_json:
        say_json(foreseen.as_plain())
        return
    say(f"{mailing.digest.id} {mailing.edition.id} would go to {counted(foreseen.total, 'recipient')}.")
    if foreseen.frozen_at:
        say(f"  It was frozen on {foreseen.frozen_at:%Y-%m-%d at %H:%M} UTC: what changed since is not in it.")
    for lang, part, count, subject in foreseen.variants[:VARIANTS_SHOWN]:
        what = f"{lang}, part {part[:6]}" if part else lang
        say(f"  {what}: {counted(count, 'recipient')}, subject: {subject}")
    if len(foreseen.variants) > VARIANTS_SHOWN:
        say(f"  and {counted(len(foreseen.variants) - VARIANTS_SHOWN, 'other variant')}, by the topics they follow")
    for domain, count in foreseen.by_domain[:DOMAINS_SHOWN]:
        say(f"  at {domain}: {count:,}")
    if len(foreseen.by_domain) > DOMAINS_SHOWN:
        say(f"  and {counted(len(foreseen.by_domain) - DOMAINS_SHOWN, 'other domain')}")
    for reason, count in foreseen.left_out:
        say(f"  not mailed, {reason}: {count:,}")
    if mailing.is_to_come:
        say(f"  due on {due_date(mailing.digest, mailing.edition)}, and not before")
    for fault in find_missing(mailing.site, mailing.digest):
        say_aside(f"Before it is mailed for real: {fault}")
    say_aside("Nothing was sent.")
