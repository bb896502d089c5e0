"""`veillee serve` as a process of its own: a real save, a real reload, a clean end."""

from __future__ import annotations

import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import sync_playwright

from tests.conftest import run_veillee
from tests.site.building import NOW, settings_of, tree_of, write_site

STORY = "---\ntitle: {title}\ndate: 2026-11-01\n---\nOnce upon a time.\n"


class Serving:
    """The running command: what it says, line by line, and the pages that it serves."""

    def __init__(self, site: Path) -> None:
        command = [sys.executable, "-u", "-m", "veillee.cli.main", "serve", "--port", "0", "--now", NOW]
        self.process = subprocess.Popen(
            command,
            cwd=site,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            preexec_fn=_hear_interrupts,
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        match = re.search(r"http://\S+", self.wait_for("The site is at"))
        assert match
        self.url = match[0]
        self.wait_for("Built in")

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line)

    def end(self) -> None:
        self.process.kill()
        self.process.wait(timeout=5)
        self.reader.join(timeout=5)
        assert self.process.stdout
        self.process.stdout.close()

    def wait_for(self, words: str) -> str:
        """The first line from now on that holds the words."""
        seen, until = [], time.monotonic() + 20
        while time.monotonic() < until:
            try:
                seen.append(self.lines.get(timeout=0.2))
            except queue.Empty:
                continue
            if words in seen[-1]:
                return seen[-1]
        raise AssertionError(f"{words!r} was never said; but: {seen}")

    def hear_until(self, words: str) -> str:
        """Everything that is said up to the first line that holds the words."""
        heard = ""
        while words not in heard:
            heard += self.lines.get(timeout=20)
        return heard

    def page(self, path: str = "") -> str:
        try:
            with urlopen(self.url + path, timeout=5) as response:
                return str(response.read().decode("utf-8"))
        except HTTPError as error:
            with error:
                return error.read().decode("utf-8")


def _hear_interrupts() -> None:
    """A shell that runs these tests beside others has what it starts ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_site(tmp_path, {"stories/one.md": STORY.format(title="Once")})
    settings_of(tmp_path)
    return tmp_path


@pytest.fixture
def serving(site: Path) -> Iterator[Serving]:
    running = Serving(site)
    yield running
    running.end()


def test_a_save_builds_anew_and_a_fault_is_named_until_it_is_mended(serving: Serving, site: Path) -> None:
    assert "Once" in serving.page()
    story = site / "content/stories/one.md"
    story.write_text(STORY.format(title="Twice"), encoding="utf-8")
    assert "content/stories/one.md" in serving.wait_for("Changed")
    serving.wait_for("Built in")
    assert "Twice" in serving.page("stories/one.html")

    story.write_text(STORY.format(title="Thrice").replace("2026-11-01", "31 Feb"), encoding="utf-8")
    assert "content/stories/one.md:3" in serving.wait_for("one.md:3")
    serving.wait_for("Built in")
    page = serving.page()
    assert "1 problem to mend" in page
    assert "content/stories/one.md:3" in page
    assert "Twice" in serving.page("stories/one.html")  # the last good one

    story.write_text(STORY.format(title="Thrice"), encoding="utf-8")
    serving.wait_for("Built in")
    assert "veillee-problems" not in serving.page()
    assert "Thrice" in serving.page("stories/one.html")


def test_a_note_that_was_read_is_not_said_at_each_save(site: Path) -> None:
    settings_of(site, SITEURL="")
    running = Serving(site)
    try:
        (site / "content/stories/one.md").write_text(STORY.format(title="Twice"), encoding="utf-8")
        running.wait_for("Changed")
        assert "SITEURL is not set" not in running.hear_until("Built in")
    finally:
        running.end()


def test_broken_settings_keep_the_last_good_site(serving: Serving, site: Path) -> None:
    settings = site / "pelicanconf.py"
    good = settings.read_text(encoding="utf-8")
    settings.write_text(good + "SITENAME = \n", encoding="utf-8")
    serving.wait_for("Not built")
    page = serving.page()
    assert "pelicanconf.py" in page
    assert "Once" in page
    settings.write_text(good + "SITENAME = 'Renamed'\n", encoding="utf-8")
    serving.wait_for("Built in")
    assert "Renamed" in serving.page()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(serving: Serving, how: signal.Signals) -> None:
    serving.process.send_signal(how)
    serving.wait_for("Stopped.")
    assert serving.process.wait(timeout=5) == 0


def test_what_is_served_is_not_written(serving: Serving, site: Path) -> None:
    assert "/.veillee/live.js" in serving.page()
    assert not [name for name, text in tree_of(site / "output").items() if b".veillee/" in text]


def test_a_port_in_use_ends_it_with_a_message(serving: Serving, site: Path) -> None:
    port = serving.url.rstrip("/").rpartition(":")[2]
    done = run_veillee("serve", "--port", port, cwd=site)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"port {port} is in use by another program; choose another one with --port" in done.stderr


def test_the_browser_follows_a_save(serving: Serving, site: Path, chromium: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(serving.url + "stories/one.html")
        assert page.inner_text("h1") == "Once"
        (site / "content/stories/one.md").write_text(STORY.format(title="Twice"), encoding="utf-8")
        page.wait_for_function("() => document.querySelector('h1').innerText === 'Twice'", timeout=15_000)
        browser.close()
