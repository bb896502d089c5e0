"""`veillee subscribers`: who gets digests; one file per group of subcommands."""

from __future__ import annotations

import typer

from veillee.cli.subscribers import changing, erasing, exporting, importing, listing

EPILOG = "Examples: veillee subscribers import people.csv, veillee subscribers list --digest weekly"

app = typer.Typer(no_args_is_help=True, help="Keep the list of who gets digests.", epilog=EPILOG)

app.command("import", epilog=importing.EPILOG)(importing.import_file)
app.command("export", epilog=exporting.EPILOG)(exporting.export)
app.command("list", epilog=listing.EPILOG)(listing.list_subscribers)
app.command("add", epilog=changing.ADD_EPILOG)(changing.add)
app.command("remove", epilog=changing.REMOVE_EPILOG)(changing.remove)
app.command("pause", epilog=changing.PAUSE_EPILOG)(changing.pause)
app.command("resume", epilog=changing.RESUME_EPILOG)(changing.resume)
app.command("erase", epilog=erasing.EPILOG)(erasing.erase)
