"""A small web server for the built site, on this machine: files of the output folder, each page followed live."""

from __future__ import annotations

import contextlib
import errno
import mimetypes
import posixpath
import socketserver
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import AF_INET, AF_INET6
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from veillee.errors import UsageError
from veillee.site.preview.live import (
    EVENTS_PATH,
    SCRIPT,
    SCRIPT_PATH,
    STYLE,
    STYLE_PATH,
    LiveBoard,
    LiveState,
    live_page,
    page_without_site,
)

_TYPES = {
    ".rss.xml": "application/rss+xml",
    ".atom.xml": "application/atom+xml",
    ".opml": "text/x-opml",
    ".avif": "image/avif",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".xml": "application/xml",
    ".webmanifest": "application/manifest+json",
}
_TEXT = ("text/", "application/json", "application/xml", "application/feed+json")
_ALIVE_S = 15.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent for one address: a status, a file or a target."""

    status: int
    file: Path | None = None
    target: str = ""


class PreviewServer(ThreadingHTTPServer):
    """Serves `output`; `base_path` is the path of the site's own address, below which it is found too."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, host: str, port: int, *, output: Path, board: LiveBoard, base_path: str = "") -> None:
        self.output = output
        self.board = board
        self.base_path = base_path.rstrip("/")
        self.address_family = AF_INET6 if ":" in host else AF_INET
        try:
            super().__init__((host, port), _Handler)
        except OverflowError as error:
            raise UsageError(f"port {port} does not exist; choose one from 1024 to 65535") from error
        except OSError as error:
            raise UsageError(_why_not(error, host, port)) from error

    def server_bind(self) -> None:
        """Binds without asking a name server who we are, which may take its time."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader who leaves in the middle is no error; anything else ends with this one connection."""

    @property
    def url(self) -> str:
        host, port = str(self.server_address[0]), self.server_address[1]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}{self.base_path}/"

    def start(self) -> None:
        """Begins to serve, in a thread of its own."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use by another program; choose another one with --port {port + 1}"
    if error.errno == errno.EACCES:
        return f"port {port} may not be used by you; choose one above 1023 with --port 8000"
    return f"{host} is not an address of this machine ({error.strerror or error}); leave --host out"


def find_answer(output: Path, base_path: str, address: str) -> Answer:
    """What stands at an address: a file, a folder's page, a redirection to it, or the page for what is not there."""
    path = unquote(urlsplit(address).path if not address.startswith("//") else address)
    if base_path and (path == base_path or path.startswith(f"{base_path}/")):
        path = path.removeprefix(base_path)
    clean = posixpath.normpath(f"/{path.lstrip('/')}").lstrip("/")
    file = output / clean
    if "\0" in path or not _is_inside(file, output):
        return _not_found(output)
    if file.is_dir() and clean and not path.endswith("/"):
        return Answer(301, target=quote(f"{base_path}/{clean}/"))
    if file.is_dir():
        file = file / "index.html"
    elif path.endswith("/"):
        return _not_found(output)
    return Answer(200, file) if file.is_file() else _not_found(output)


def _is_inside(file: Path, folder: Path) -> bool:
    try:
        return file.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError):
        return False


def _not_found(output: Path) -> Answer:
    page = output / "404.html"
    return Answer(404, page if page.is_file() else None)


def media_type(file: Path) -> str:
    """The media type of a file, with the charset where it is text."""
    if file.suffix == ".json" and "feeds" in file.parts:
        kind = "application/feed+json"
    else:
        own = next((kind for end, kind in _TYPES.items() if file.name.endswith(end)), None)
        kind = own or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith(_TEXT) or kind.endswith("+xml") else kind


class _Handler(BaseHTTPRequestHandler):
    """One connection of a browser."""

    server: PreviewServer
    protocol_version = "HTTP/1.1"
    server_version = "Veillee"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        with contextlib.suppress(ConnectionError, TimeoutError):
            if path == EVENTS_PATH:
                self._send_events()
            elif path == SCRIPT_PATH:
                self._send(200, "text/javascript; charset=utf-8", SCRIPT.encode())
            elif path == STYLE_PATH:
                self._send(200, "text/css; charset=utf-8", STYLE.encode())
            else:
                self._send_answer(find_answer(self.server.output, self.server.base_path, self.path))

    do_HEAD = do_GET  # noqa: N815 the name that http.server calls

    def log_message(self, *_: object) -> None:
        """The terminal is for builds."""

    def _send_answer(self, answer: Answer) -> None:
        state = self.server.board.state  # before the file is read: what comes later is told
        if answer.target:
            self._send(answer.status, "text/plain; charset=utf-8", b"", location=answer.target)
        elif not (self.server.output / "index.html").is_file() and (answer.file is None or answer.status == 404):
            self._send(503, "text/html; charset=utf-8", page_without_site(state).encode())
        elif answer.file is None:
            self._send(404, "text/plain; charset=utf-8", b"There is no such page.\n")
        else:
            self._send_file(answer.status, answer.file, state)

    def _send_file(self, status: int, file: Path, state: LiveState) -> None:
        kind = media_type(file)
        try:
            body = file.read_bytes()
        except OSError:
            self._send(404, "text/plain; charset=utf-8", b"This file cannot be read.\n")
            return
        if kind.startswith("text/html"):
            path = file.relative_to(self.server.output).as_posix()
            known = path if status == 200 and path.isprintable() else ""  # or a browser would name another one
            page = live_page(body.decode("utf-8", errors="surrogateescape"), state, known)
            body = page.encode("utf-8", errors="surrogateescape")
        self._send(status, kind, body)

    def _send(self, status: int, kind: str, body: bytes, *, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if location:
            self.send_header("Location", location)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _send_events(self) -> None:
        """Each build's id as it ends (HTML Standard, server-sent events); an empty line now and then keeps it open.

        A page that says which it is hears of what changes it alone.
        """
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        asked = parse_qs(urlsplit(self.path).query)
        page, seen = (asked.get(name, [""])[0] for name in ("page", "seen"))
        while self.command != "HEAD":
            state = self.server.board.wait_for_another(seen, timeout_s=_ALIVE_S)
            said = f"event: build\ndata: {state.id}\n\n" if state.is_news(page, seen) else ":\n\n"
            seen = state.id
            self.wfile.write(said.encode())
            self.wfile.flush()
