"""`veillee digest check`."""

from __future__ import annotations

from typing import Annotated

import typer

from veillee.cli.options import JsonOption, NowOption, SettingsOption
from veillee.errors import ContentError

EPILOG = """Examples: veillee digest check weekly, veillee digest check weekly --edition 2026-W47 --external

Without --edition it checks the newest edition whose time has come, else the newest one that has a file. Each finding
says where it is and what to do. Errors stop a send and set exit code 1; warnings do neither."""


def check(
    digest: Annotated[str, typer.Argument(help="The digest: the name of its folder, such as weekly.")],
    edition: Annotated[
        str | None,
        typer.Option(
            "--edition", "-e", metavar="NAME", help="Which edition: 2026-W47, 2026-11-20, 2026-11, 2026-11-20T0800Z."
        ),
    ] = None,
    external: Annotated[
        bool, typer.Option("--external", help="Ask other sites whether the links to them lead somewhere, and the desk.")
    ] = False,
    settings: SettingsOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look an edition over before it is mailed, as a pilot does with an aeroplane.

    Links, pictures, text part, size, subject, placeholders, contrast, what mail programs can show, spam rules,
    the DNS of the sender, and who reads what comes back. Nothing is sent, and nothing is stored.
    """
    from veillee.cli.digest.findings import report_as_json, say_report
    from veillee.cli.digest.mailing import open_mailing
    from veillee.cli.digest.preflighting import check_edition
    from veillee.preflight.finding import errors_in

    mailing = open_mailing(digest, edition, settings=settings, now=now, may_wait=True)
    found = check_edition(mailing, transport=mailing.site.mail.transport, external=external)
    if as_json:
        report_as_json(mailing, found)
    else:
        say_report(mailing, found)
    if errors_in(found):
        raise typer.Exit(ContentError.exit_code)
