"""The preview's server in a process of its own: it shows what it is told of, and ends with who started it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from veillee.errors import Fault, SourceError
from veillee.site.preview.beside import ServerBeside
from veillee.site.preview.live import LiveBoard, LiveState
from veillee.site.preview.serving import PreviewServer

STARTED = """
import time
from pathlib import Path
from veillee.site.preview.beside import ServerBeside
from veillee.site.preview.live import LiveBoard
from veillee.site.preview.serving import PreviewServer
server = PreviewServer("127.0.0.1", 0, output=Path("."), board=LiveBoard())
beside = ServerBeside(server)
print(server.server_port, flush=True)
time.sleep(60)
"""


@pytest.fixture
def output(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<!doctype html><html><body>One</body></html>", encoding="utf-8")
    return tmp_path


@pytest.fixture
def server(output: Path) -> PreviewServer:
    return PreviewServer("127.0.0.1", 0, output=output, board=LiveBoard())


@pytest.fixture
def beside(server: PreviewServer) -> Iterator[ServerBeside]:
    running = ServerBeside(server)
    yield running
    running.stop()


def page_at(port: int, path: str = "") -> str:
    with urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as response:
        return str(response.read().decode("utf-8"))


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def until_it_is_silent(port: int) -> bool:
    until = time.monotonic() + 10
    while answers(port) and time.monotonic() < until:
        time.sleep(0.05)
    return not answers(port)


def test_it_shows_a_build_from_the_moment_it_is_told(
    beside: ServerBeside, server: PreviewServer, tmp_path: Path
) -> None:
    assert "One" in page_at(server.server_port)
    other = tmp_path / "other"
    other.mkdir()
    (other / "index.html").write_text("<!doctype html><html><body>Two</body></html>", encoding="utf-8")
    fault = Fault("content/a.md", 3, "no date", "", "write one")
    beside.show(LiveState("s-1", (fault,)), output=other, base_path="/community/")
    for path in ("", "community/"):
        page = page_at(server.server_port, path)
        assert "Two" in page
        assert "content/a.md:3" in page


def test_builds_may_share_their_work_while_it_serves(output: Path) -> None:
    asked = (
        "from veillee.site import workers\nworkers.core_count = lambda: 2\nprint(workers.worker_count(1_000, least=1))"
    )
    code = STARTED.replace("time.sleep(60)", asked)
    done = subprocess.run([sys.executable, "-c", code], cwd=output, capture_output=True, text=True, check=True)
    assert done.stdout.split()[1:] == ["2"]


def test_it_ends_once_however_often_it_is_asked(beside: ServerBeside, server: PreviewServer) -> None:
    beside.stop()
    assert not answers(server.server_port)
    beside.stop()


def test_its_end_is_told(beside: ServerBeside, output: Path) -> None:
    os.kill(beside.process, signal.SIGKILL)
    with pytest.raises(SourceError, match="run veillee serve again"):
        beside.show(LiveState("s-1"), output=output, base_path="")


def test_it_does_not_outlive_who_started_it(output: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", STARTED], cwd=output, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout
        port = int(started.stdout.readline())
        assert "One" in page_at(port)
        started.kill()
    assert until_it_is_silent(port)


def test_where_nothing_forks_it_is_a_thread(
    server: PreviewServer, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "fork")
    running = ServerBeside(server)
    assert running.process == 0
    running.show(LiveState("s-1", message="no settings"), output=output, base_path="/community/")
    assert "no settings" in page_at(server.server_port, "community/")
    running.stop()
    assert not answers(server.server_port)
