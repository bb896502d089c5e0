"""`veillee serve`."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from veillee.cli.build import overrides_of, say_notes
from veillee.cli.console import report_faults, say, say_aside
from veillee.cli.options import NowOption, SettingsOption
from veillee.cli.words import posts_in_words

if TYPE_CHECKING:
    from veillee.site.preview.rebuilding import Outcome, Preview

EPILOG = "Example: veillee serve --port 8080 --open"
SHOWN_CHANGES = 3
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(
    port: Annotated[int, typer.Option("--port", "-p", min=0, max=65535, help="0 takes any that is free.")] = 8000,
    host: Annotated[str, typer.Option("--host", help="Which address of this machine to answer on.")] = "127.0.0.1",
    open_browser: Annotated[bool, typer.Option("--open", help="Open the site in your browser.")] = False,
    drafts: Annotated[bool, typer.Option("--drafts", help="Build drafts too, below drafts/.")] = False,
    settings: SettingsOption = None,
    now: NowOption = None,
) -> None:
    """Show the site in a browser, build it anew on every save, and reload the page.

    Problems are named here and on the page. Ctrl-C ends it.
    """
    from secrets import token_hex

    from veillee.site.preview.beside import ServerBeside
    from veillee.site.preview.rebuilding import Preview
    from veillee.site.preview.serving import PreviewServer

    def show() -> None:
        beside.show(preview.board.state, output=preview.site.output, base_path=preview.base_path)

    overrides = overrides_of(now=now, drafts=drafts)
    preview = Preview(settings, overrides, session=token_hex(4), say=_say_beside, shown=show)
    server = PreviewServer(host, port, output=preview.site.output, board=preview.board, base_path=preview.base_path)
    if host not in _LOOPBACK:
        say_aside(f"note: with --host {host} everybody on this network can read the site, drafts too")
    signal.signal(signal.SIGTERM, _end)
    beside = ServerBeside(server)
    try:
        say(f"The site is at {server.url} and follows each file that you save. Ctrl-C ends it.")
        if open_browser:
            _open(server.url)
        said: set[str] = set()
        for outcome in _builds(preview):
            show()
            _say_outcome(outcome, said)
    except KeyboardInterrupt:
        say_aside("")
        say("Stopped.")
    finally:
        preview.indexer.stop()
        beside.stop()


def _builds(preview: Preview) -> Iterator[Outcome]:
    """The first build, then one for each time that something was saved."""
    from threading import Event

    from veillee.site.preview.watching import watch_sources

    for changed in watch_sources(preview.watched, stop=Event()):
        if changed:
            _say_changes(changed)
        yield preview.rebuild(changed)


def _say_changes(changed: tuple[Path, ...]) -> None:
    from veillee.shown import shown_path

    there = [path for path in changed if path.exists()]  # editors write beside a file and then rename
    names = [shown_path(path) for path in there or changed]
    more = f" and {len(names) - SHOWN_CHANGES} more" if len(names) > SHOWN_CHANGES else ""
    say_aside(f"Changed: {', '.join(names[:SHOWN_CHANGES])}{more}")


def _say_outcome(outcome: Outcome, said: set[str]) -> None:
    """What became of a build. `said` are the notes that were read already: they are not said at each save."""
    report_faults(outcome.faults)
    if outcome.trace:
        say_aside(outcome.trace)
    if outcome.message:
        say_aside(f"veillee: {outcome.message}")
    if outcome.report:
        say_notes(tuple(note for note in outcome.report.notes if note not in said))
        said.clear()
        said.update(outcome.report.notes)
        say(f"Built in {outcome.report.seconds:.1f} s: {posts_in_words(outcome.report)}.")
    else:
        say("Not built; what was built before is still shown. Mend the problem and save.")


def _say_beside(trouble: str) -> None:
    say_aside(f"note: {trouble}")


def _end(*_: object) -> None:
    """Asked to end by another program: the same as Ctrl-C."""
    raise KeyboardInterrupt


def _open(url: str) -> None:
    import webbrowser

    webbrowser.open(url)
