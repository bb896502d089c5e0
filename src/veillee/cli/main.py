"""The `veillee` command: one file per subcommand, each importing what is heavy only when it runs."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from veillee import __version__
from veillee.cli import build, check, digest, dkim, headers, init, mailbox, new, promote, serve, subscribers, translate
from veillee.cli.console import report_error
from veillee.errors import VeilleeError

app = typer.Typer(
    name="veillee",
    help="A newsroom for learning communities: a site, feeds and digests from Markdown and YAML in git.",
    epilog="Start with: veillee init mysite && cd mysite && veillee serve",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"veillee {__version__}")
        raise typer.Exit


@app.callback()
def veillee(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """A newsroom for learning communities: a site, feeds and digests from Markdown and YAML in git."""


app.command("init", epilog=init.EPILOG)(init.init)
app.command("new", epilog=new.EPILOG)(new.new)
app.command("promote", epilog=promote.EPILOG)(promote.promote)
app.command("translate", epilog=translate.EPILOG)(translate.translate)
app.command("check", epilog=check.EPILOG)(check.check)
app.command("build", epilog=build.EPILOG)(build.build)
app.command("serve", epilog=serve.EPILOG)(serve.serve)
app.command("headers", epilog=headers.EPILOG)(headers.headers)
app.command("dkim", epilog=dkim.EPILOG)(dkim.dkim)
app.command("mailbox", epilog=mailbox.EPILOG)(mailbox.mailbox)
app.add_typer(digest.app, name="digest")
app.add_typer(subscribers.app, name="subscribers")


def main() -> None:
    """Run the command; every error that is ours becomes a message and an exit code."""
    try:
        app()
    except VeilleeError as error:
        report_error(error)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
