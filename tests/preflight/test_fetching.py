"""Other people's pages, asked for politely, of a real server on this machine."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme

from tests.preflight.samples import TEMPLATE, a_mail, said
from veillee.preflight.fetching import Visit, Visitor, is_public
from veillee.preflight.visits import find_visit_faults

ANSWERS = {
    "/ok": (200, ""), "/gone": (404, ""), "/moved": (301, "/ok"), "/for-now": (302, "/ok"), "/circle": (302, "/circle"),
    "/far": (302, "/far/1"), "/script": (302, "javascript:x"), "/broken": (500, ""), "/no-head": (200, ""),
    "/private/x": (200, ""), "/moved-away": (301, "/gone"),
}  # fmt: skip


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, certificate: trustme.LeafCert | None = None) -> None:
        self.asked: list[tuple[str, str, float]] = []
        self.agents: set[str] = set()
        super().__init__(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.server.asked.append((self.command, self.path, time.monotonic()))
        self.server.agents.add(self.headers["User-Agent"])
        if self.path == "/robots.txt":
            text = b"User-agent: *\nDisallow: /private/\n"
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
            return
        status, location = ANSWERS.get(self.path, (404, ""))
        if self.path.startswith("/far/"):
            status, location = 302, f"/far/{int(self.path[5:]) + 1}"
        if self.path == "/no-head" and self.command == "HEAD":
            status = 405
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as running:
        yield running


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    with server as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def visitor(**changes: object) -> Visitor:
    given = {"site_url": "https://voisins.fr", "allows": lambda _: True, "pause_s": 0.0, "timeout_s": 2.0, **changes}
    return Visitor(**given)  # type: ignore[arg-type]


def visit(server: Server, path: str) -> Visit:
    return visitor().visit([server.root + path])[0]


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/ok", 200, ""), ("/gone", 404, ""), ("/for-now", 200, ""), ("/broken", 500, ""), ("/no-head", 200, ""),
        ("/circle", 0, "it redirects in a circle"), ("/far", 0, "it redirects more than 5 times"),
        ("/script", 0, "it redirects to javascript:x"), ("/moved-away", 404, ""),
    ],
)  # fmt: skip
def test_what_an_address_answers_is_told(server: Server, path: str, status: int, reason: str) -> None:
    found = visit(server, path)
    assert (found.status, found.reason, found.moved_to) == (status, reason, "")


def test_a_page_that_moved_for_good_says_where(server: Server) -> None:
    assert visit(server, "/moved").moved_to == f"{server.root}/ok"


def test_head_comes_first_and_get_only_where_it_must(server: Server) -> None:
    visitor().visit([f"{server.root}/ok", f"{server.root}/no-head"])
    assert [(how, path) for how, path, _ in server.asked] == [
        ("GET", "/robots.txt"), ("HEAD", "/ok"), ("HEAD", "/no-head"), ("GET", "/no-head"),
    ]  # fmt: skip
    assert [agent.startswith("Veillee/") and agent.endswith("+https://voisins.fr)") for agent in server.agents] == [
        True
    ]


def test_robots_may_ask_to_stay_away(server: Server) -> None:
    assert visit(server, "/private/x") == Visit(
        f"{server.root}/private/x", reason="robots.txt asks programs to stay away", is_skipped=True
    )


def test_one_host_is_asked_slowly(server: Server) -> None:
    """A pause before each but the first; a busy machine may only make it longer."""
    began = time.monotonic()
    visitor(pause_s=0.1).visit([f"{server.root}/ok", f"{server.root}/gone"])
    assert len(server.asked) == 4
    assert time.monotonic() - began >= 3 * 0.1


def test_private_networks_are_never_asked(server: Server) -> None:
    found = visitor(allows=is_public).visit([f"{server.root}/ok"])[0]
    assert (found.reason, found.is_skipped) == ("it is an address of a private network", True)
    assert server.asked == []
    assert [is_public(one) for one in ("10.0.0.1", "::1", "169.254.1.1", "fe80::1%eth0", "8.8.8.8")] == [
        False, False, False, False, True,
    ]  # fmt: skip


def test_time_and_number_are_bounded(server: Server) -> None:
    urls = [f"{server.root}/ok", f"{server.root}/gone"]
    found = visitor(max_links=1).visit(urls)
    assert [(one.url, one.is_skipped) for one in found] == [(urls[0], False), (urls[1], True)]
    assert "no time left" in visitor(budget_s=-1.0).visit(urls)[0].reason


def test_a_server_that_is_not_there_is_a_reason(server: Server) -> None:
    assert visitor().visit(["http://127.0.0.1:9/x"])[0].reason == "nothing listens there"
    assert visitor().visit(["http://[::bad/x"])[0].reason.startswith("it answers nonsense")


def test_a_certificate_is_compared_with_the_name_and_not_with_the_number() -> None:
    authority = trustme.CA()
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    with serving(Server(authority.issue_cert("localhost"))) as named:
        url = f"https://localhost:{named.server_port}/ok"
        assert visitor(trust=trust).visit([url])[0] == Visit(url, 200)
        assert visitor().visit([url])[0].reason == "its certificate is not valid"
    with serving(Server(authority.issue_cert("elsewhere.fr"))) as other:
        url = f"https://localhost:{other.server_port}/ok"
        assert visitor(trust=trust).visit([url])[0].reason == "its certificate is not valid"


def test_a_desk_answers_or_not(server: Server) -> None:
    assert visitor().answers(f"{server.root}/ok") == ""
    assert visitor().answers(f"{server.root}/broken") == "status 500"
    assert visitor().answers("http://127.0.0.1:9/") == "nothing listens there"


GONE = "leads to nothing: its server says 404; correct it, or remove it"
REFUSED = "could not be looked at: its server says 403; open it yourself; correct it if need be"
MOVED = "moved for good, to https://a.fr/y; write the new address"
SKIPPED = "was not asked: there was no time left; open it yourself"


@pytest.mark.parametrize(
    ("visit", "severity", "words"),
    [
        (Visit("https://a.fr/x", 404), "error", GONE),
        (Visit("https://a.fr/x", 403), "warning", REFUSED),
        (Visit("https://a.fr/x", 200, moved_to="https://a.fr/y"), "note", MOVED),
        (Visit("https://a.fr/x", reason="there was no time left", is_skipped=True), "note", SKIPPED),
    ],
    ids=["gone", "refused", "moved", "skipped"],
)
def test_a_visit_is_judged(visit: Visit, severity: str, words: str) -> None:
    mail = a_mail('<a href="https://a.fr/x#y">x</a>')
    assert said(find_visit_faults((mail,), [visit])) == [f"{severity} {TEMPLATE}: the link https://a.fr/x {words}"]


def test_a_page_that_answers_is_well() -> None:
    assert said(find_visit_faults((a_mail('<a href="https://a.fr/x">x</a>'),), [Visit("https://a.fr/x", 200)])) == []
