"""A built site behind a real nginx, with the configuration that `veillee headers nginx` shows."""

from __future__ import annotations

import gzip
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from tests.conftest import require_tool
from tests.site.building import settings_of, tree_of, write_site
from veillee.cli.main import app
from veillee.site.building import build_site

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
LONG = "A long text. " * 200
FILES = {
    "stories/night.md": f"---\ntitle: Night\ndate: 2026-11-02\naliases: [/old/, gone.html]\n---\n{LONG}\n",
    "announcements/party.md": "---\ntitle: P\ndate: 2026-11-02\nevent: {start: 2026-12-02}\n---\nCome.\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write_site(folder, FILES)
    assert build_site(settings_of(folder, VEILLEE_COMPRESS=True, PLUGINS=["veillee.plugin"])).faults == ()
    return folder


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[httpx2.Client]:
    require_tool(NGINX, "nginx")
    settings = ["--settings", str(site / "pelicanconf.py"), "--root", str(site / "output")]
    shown = CliRunner().invoke(app, ["headers", "nginx", *settings])
    assert shown.exit_code == 0, shown.output
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    block = shown.stdout.replace("listen 80;", f"listen 127.0.0.1:{port};").replace(
        "mime.types", "/etc/nginx/mime.types"
    )
    (site / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; user root; pid {site}/nginx.pid; error_log {site}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; client_body_temp_path {site}/body; proxy_temp_path {site}/proxy;\n"
        f"fastcgi_temp_path {site}/f; uwsgi_temp_path {site}/u; scgi_temp_path {site}/s;\n{block}\n}}\n"
    )
    command = [str(NGINX), "-p", str(site), "-c", str(site / "nginx.conf")]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
            _wait_for(client, process)
            yield client
        process.terminate()


def _wait_for(client: httpx2.Client, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        try:
            client.get("/robots.txt")
        except httpx2.ConnectError:
            assert process.poll() is None, process.stderr and process.stderr.read()
            time.sleep(0.05)
        else:
            return
    pytest.fail("nginx does not answer")


def test_each_page_comes_with_the_policy_and_is_asked_for_again(server: httpx2.Client) -> None:
    for path in ("/", "/stories/night.html", "/questions/"):
        answer = server.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "public, max-age=0, must-revalidate"


def test_a_text_comes_compressed_as_it_lies_there(server: httpx2.Client, site: Path) -> None:
    with server.stream("GET", "/stories/night.html", headers={"Accept-Encoding": "gzip"}) as answer:
        sent = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert sent == (site / "output/stories/night.html.gz").read_bytes()
    assert gzip.decompress(sent) == (site / "output/stories/night.html").read_bytes()


def test_fonts_are_kept_for_long_and_files_have_their_types(server: httpx2.Client) -> None:
    font = server.get("/theme/fonts/literata.woff2")
    assert (font.headers["cache-control"], font.headers["content-type"]) == ("public, max-age=2628000", "font/woff2")
    assert server.get("/site.webmanifest").headers["content-type"] == "application/manifest+json"
    assert server.get("/feeds/events.ics").headers["content-type"].startswith("text/calendar")


def test_old_addresses_are_redirected_and_unknown_ones_get_our_page(server: httpx2.Client) -> None:
    for old in ("/old/", "/old", "/gone.html"):
        answer = server.get(old)
        assert (answer.status_code, answer.headers["location"]) == (
            301,
            str(server.base_url.join("/stories/night.html")),
        )
    missing = server.get("/nothing-here")
    assert missing.status_code == 404
    assert "404" in missing.text or "not" in missing.text


def test_copies_are_made_anew_only_beside_what_changed_and_swept_with_it(tmp_path: Path) -> None:
    write_site(tmp_path, FILES)
    settings = {"VEILLEE_COMPRESS": True}
    build_site(settings_of(tmp_path, **settings))
    output = tmp_path / "output"
    before = {path: path.stat().st_mtime_ns for path in output.rglob("*.gz")}
    assert len(before) > 20
    write_site(tmp_path, {"stories/night.md": FILES["stories/night.md"].replace("A long", "One long")})
    (tmp_path / "content/announcements/party.md").unlink()
    build_site(settings_of(tmp_path, **settings))
    files = tree_of(output)
    copies = {name.removesuffix(".gz"): files[name] for name in files if name.endswith(".gz")}
    assert [name for name, copy in copies.items() if gzip.decompress(copy) != files[name]] == []
    assert "announcements/party.html.gz" not in files
    untouched = output / "questions/index.html.gz"
    assert untouched.stat().st_mtime_ns == before[untouched]
