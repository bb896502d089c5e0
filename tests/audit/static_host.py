"""A static host as there are many: it compresses, caches, has a page for unknown addresses, and reads `_headers`."""

from __future__ import annotations

import gzip
import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from functools import lru_cache, partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import brotli

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""What pages must live with where the site itself says nothing."""

_TEXTS = ("text/", "application/javascript", "application/json", "image/svg", "application/manifest", "application/xml")
_TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json"}


@contextmanager
def hosted(site: Path) -> Iterator[str]:
    """The site's address, without a slash at its end, as long as the block lasts."""
    handler = partial(_Handler, site=site, rules=read_headers(site / "_headers"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def read_headers(path: Path) -> tuple[tuple[str, str, str], ...]:
    """The rules of a `_headers` file, each a pattern of paths, a header and its value; none where there is no file."""
    rules, pattern = [], ""
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace():
            pattern = line.strip()
        else:
            name, _, value = line.strip().partition(":")
            rules.append((pattern, name, value.strip()))
    return tuple(rules)


@lru_cache(maxsize=2000)
def compressed(path: Path, encoding: str) -> bytes:
    """What goes over the wire for a file: compressed as far as it goes, as hosts keep it."""
    content = path.read_bytes()
    if encoding == "br":
        return brotli.compress(content)
    return gzip.compress(content, 9, mtime=0) if encoding == "gzip" else content


def is_text(path: Path) -> bool:
    """Whether hosts compress such a file; pictures and fonts are compressed already."""
    return type_of(path).startswith(_TEXTS)


def type_of(path: Path) -> str:
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, site: Path, rules: tuple[tuple[str, str, str], ...]) -> None:
        self.site, self.rules = site, rules
        super().__init__(*args)

    def do_GET(self) -> None:
        asked = unquote(urlsplit(self.path).path)
        found = self._file(asked)
        path = found or self.site / "404.html"
        encoding = self._encoding() if is_text(path) else ""
        body = compressed(path, encoding) if path.is_file() else b""
        self.send_response(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)
        for name, value in self._headers(asked, path, encoding).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(ConnectionError):  # a browser that was closed
            self.wfile.write(body)

    def _file(self, asked: str) -> Path | None:
        path = (self.site / asked.lstrip("/")).resolve()
        path = path / "index.html" if path.is_dir() else path
        return path if path.is_relative_to(self.site.resolve()) and path.is_file() else None

    def _encoding(self) -> str:
        accepted = [each.partition(";")[0].strip() for each in self.headers.get("Accept-Encoding", "").split(",")]
        return next((encoding for encoding in ("br", "gzip") if encoding in accepted), "")

    def _headers(self, asked: str, path: Path, encoding: str) -> dict[str, str]:
        kind = type_of(path)
        charset = "; charset=utf-8" if kind.startswith("text/") else ""
        headers = {
            "Content-Type": kind + charset,
            "Cache-Control": "max-age=0, must-revalidate" if kind == "text/html" else "public, max-age=31536000",
        }
        if encoding:
            headers |= {"Content-Encoding": encoding, "Vary": "Accept-Encoding"}
        if not self.rules:
            headers["Content-Security-Policy"] = POLICY
        return headers | {name: value for pattern, name, value in self.rules if fnmatchcase(asked, pattern)}

    def log_message(self, *args: Any) -> None:
        pass
