"""`veillee digest`: one file per subcommand."""

from __future__ import annotations

import typer

from veillee.cli.digest import check, draft, listing, pause, preview, run, send, settle, status

app = typer.Typer(no_args_is_help=True, help="Draft, preview and send the digests.")

app.command("list", epilog=listing.EPILOG)(listing.list_digests)
app.command("draft", epilog=draft.EPILOG)(draft.draft)
app.command("preview", epilog=preview.EPILOG)(preview.preview)
app.command("check", epilog=check.EPILOG)(check.check)
app.command("send", epilog=send.EPILOG)(send.send)
app.command("run", epilog=run.EPILOG)(run.run)
app.command("status", epilog=status.EPILOG)(status.status)
app.command("settle", epilog=settle.EPILOG)(settle.settle)
app.command("pause", epilog=pause.PAUSE_EPILOG)(pause.pause)
app.command("resume", epilog=pause.RESUME_EPILOG)(pause.resume)
