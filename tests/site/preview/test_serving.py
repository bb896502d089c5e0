from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from veillee.errors import Fault, UsageError
from veillee.site.preview.live import LiveBoard, LiveState
from veillee.site.preview.serving import PreviewServer, media_type

PAGE = "<!doctype html><html><body><p>Hello é</p></body></html>"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PreviewServer]:
    output = tmp_path / "output"
    for name, text in {"index.html": PAGE, "404.html": PAGE, "a b/index.html": PAGE, "feeds/all.json": "{}"}.items():
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).write_text(text, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret")
    (output / "way-out.txt").symlink_to(tmp_path / "secret.txt")
    with PreviewServer("127.0.0.1", 0, output=output, board=LiveBoard(), base_path="/community") as running:
        running.start()
        yield running
        running.shutdown()


def ask(server: PreviewServer, path: str, method: str = "GET") -> tuple[HTTPResponse, str]:
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    connection.request(method, path)
    response = connection.getresponse()
    body = response.read().decode("utf-8")
    connection.close()
    return response, body


def test_a_page_is_followed_live_and_its_file_is_not_touched(server: PreviewServer) -> None:
    response, body = ask(server, "/")
    assert (response.status, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Hello é" in body
    assert body.index("/.veillee/live.js") < body.index("</body>")
    assert (server.output / "index.html").read_text(encoding="utf-8") == PAGE


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/index.html?x=1#y", 200),
        ("/a%20b/", 200),
        ("/a%20b/index.html", 200),
        ("/community/", 200),
        ("/community/a%20b/index.html", 200),
        ("/communityx/", 404),
        ("/nope", 404),
        ("/index.html/", 404),
        ("/../secret.txt", 404),
        ("/%2e%2e/secret.txt", 404),
        ("/..%2fsecret.txt", 404),
        ("/way-out.txt", 404),
        ("/a%00b", 404),
        ("//evil.example/", 404),
    ],
)
def test_only_what_was_built_is_served(server: PreviewServer, path: str, status: int) -> None:
    response, body = ask(server, path)
    assert response.status == status
    assert "secret" not in body
    assert "Hello" in body  # the site's own page, also where there is nothing


@pytest.mark.parametrize(
    ("path", "target"), [("/a%20b", "/community/a%20b/"), ("/community/a%20b?x", "/community/a%20b/")]
)
def test_a_folder_without_its_slash_is_redirected_inside_of_the_site(
    server: PreviewServer, path: str, target: str
) -> None:
    response, _ = ask(server, path)
    assert (response.status, response.headers["Location"]) == (301, target)


def test_a_head_request_has_no_body(server: PreviewServer) -> None:
    response, body = ask(server, "/", "HEAD")
    assert (response.status, body) == (200, "")
    assert int(response.headers["Content-Length"]) > len(PAGE)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("feeds/all.rss.xml", "application/rss+xml; charset=utf-8"),
        ("feeds/tags/sql.atom.xml", "application/atom+xml; charset=utf-8"),
        ("feeds/all.json", "application/feed+json; charset=utf-8"),
        ("feeds/all.opml", "text/x-opml; charset=utf-8"),
        ("theme/css/a.css", "text/css; charset=utf-8"),
        ("theme/a.woff2", "font/woff2"),
        ("images/a.webp", "image/webp"),
        ("images/a.svg", "image/svg+xml; charset=utf-8"),
        ("files/a.unheard-of", "application/octet-stream"),
    ],
)
def test_files_have_their_media_types(name: str, expected: str) -> None:
    assert media_type(Path(name)) == expected


def test_problems_are_named_on_every_page_and_stay_text(server: PreviewServer) -> None:
    fault = Fault("content/a.md", 3, 'unknown key "<script>"', "", 'did you mean "title"?')
    server.board.show(LiveState("1", (fault,)))
    for path in ("/", "/nope"):
        _, body = ask(server, path)
        assert "1 problem to mend" in body
        assert "<code>content/a.md:3</code><br>unknown key &quot;&lt;script&gt;&quot;" in body
        assert "<script>&quot;" not in body


def test_where_nothing_was_ever_built_the_problems_are_the_page(server: PreviewServer) -> None:
    (server.output / "index.html").unlink()
    server.board.show(LiveState("1", message="the settings file fails"))
    response, body = ask(server, "/stories/")
    assert response.status == 503
    assert "could not be built" in body
    assert "the settings file fails" in body


def test_a_browser_hears_of_each_build(server: PreviewServer) -> None:
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    connection.request("GET", "/.veillee/events")
    response = connection.getresponse()
    assert response.headers["Content-Type"] == "text/event-stream"
    said = [response.fp.readline() for _ in range(3)]
    server.board.show(LiveState("build-2"))
    said += [response.fp.readline() for _ in range(3)]
    connection.close()
    assert said == [b"event: build\n", b"data: 0\n", b"\n", b"event: build\n", b"data: build-2\n", b"\n"]


def test_a_page_hears_of_what_changes_it_alone(server: PreviewServer) -> None:
    _, body = ask(server, "/a%20b/")
    assert 'data-seen="0" data-page="a b/index.html"' in body
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    connection.request("GET", "/.veillee/events?seen=0&page=a+b%2Findex.html")
    response = connection.getresponse()
    said = []
    for state in (
        LiveState("1", since="0", changed=frozenset({"index.html"})),
        LiveState("2", since="1", changed=frozenset({"a b/index.html"})),
        LiveState("3", since="2", changed=frozenset()),
        LiveState("5", since="4", changed=frozenset()),
        LiveState("6"),
    ):
        server.board.show(state)
        lines = list(iter(response.fp.readline, b"\n"))
        said.append(lines[1].decode().removeprefix("data: ").strip() if lines[0] == b"event: build\n" else None)
    connection.close()
    assert said == [None, "2", None, "5", "6"]


def test_a_page_that_was_not_there_hears_of_everything(server: PreviewServer) -> None:
    _, body = ask(server, "/nope")
    assert 'data-page=""' in body
    assert LiveState("1", since="0", changed=frozenset()).is_news("", "0")


def test_a_port_in_use_is_named_with_another(server: PreviewServer, tmp_path: Path) -> None:
    port = server.server_port
    with pytest.raises(UsageError, match=f"port {port} is in use .* --port {port + 1}"):
        PreviewServer("127.0.0.1", port, output=tmp_path, board=LiveBoard())


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not an address of this machine"):
        PreviewServer("192.0.2.1", 0, output=tmp_path, board=LiveBoard())
