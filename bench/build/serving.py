"""From saving a file to seeing it in the browser: `veillee serve` and `hugo server`, seconds."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

import corpus
from playwright.sync_api import Browser, sync_playwright

from sites import ANY, BIN, HUGO, OWN, ways, write_site

READY_S = 600


def serve(folder: Path, posts: int, rounds: int) -> dict[str, float]:
    """Median seconds by way. Each round edits the same post in each site, with its page open.

    One edit before is not counted: servers answer before their first build has come to its end.
    """
    commands = _commands()
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for dialect in {dialect for dialect, _ in commands.values()}:
        write_site(dialect, folder / dialect, posts)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for name, (dialect, command) in commands.items():
            with _serving(command, folder / dialect) as url:
                seconds[name] = list(_saved_and_seen(browser, url, dialect, folder / dialect, rounds))
        browser.close()
    return {name: median(found) for name, found in seconds.items()}


def _commands() -> dict[str, tuple[str, tuple[str, ...]]]:
    """By way: whose site, and how it is served."""
    hugo = next((way.command[0] for way in ways() if way.name == HUGO), None)
    ours = (str(BIN / "veillee"), "serve", "--settings")
    return {
        **({HUGO: ("hugo", (hugo, "server", "--quiet"))} if hugo else {}),
        ANY: ("pelican", (*ours, "any.py")),
        OWN: ("veillee", (*ours, "own.py")),
    }


@contextmanager
def _serving(command: tuple[str, ...], site: Path) -> Iterator[str]:
    """The address of a server that answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 - our own words
        (*command, "--port", str(port)), cwd=site, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _until_it_answers(url)
        yield url
    finally:
        process.terminate()
        process.wait()


def _until_it_answers(url: str) -> None:
    until_s = time.monotonic() + READY_S
    while time.monotonic() < until_s:
        try:
            with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own server
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def _saved_and_seen(browser: Browser, url: str, dialect: str, site: Path, rounds: int) -> Iterator[float]:
    post = corpus.post(3)
    ending = ".html" if dialect == "veillee" else "/"
    page = browser.new_page()
    page.goto(f"{url}/{post.head.stream}/{post.head.slug}{ending}")
    page.get_by_role("heading", name=post.head.title).wait_for(timeout=READY_S * 1000)
    time.sleep(2)  # its connection for reloading stands
    for turn in range(rounds + 1):
        said = f"Seen in round {turn}, on a screen."
        began_s = time.perf_counter()
        corpus.write_post(replace(post, body=f"{said}\n\n{post.body}"), dialect, site)
        page.get_by_text(said).wait_for(timeout=READY_S * 1000)
        if turn:
            yield time.perf_counter() - began_s
        time.sleep(1)
    page.close()
