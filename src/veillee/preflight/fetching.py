"""The door to other people's pages: addresses -> whether they answer. Polite, bounded, never to private networks.

HEAD first, GET where a server does not know HEAD; one request at a time for each host, with a pause; robots.txt is
obeyed; every hop of a redirect is looked at like the first. The address that was judged is the one connected to.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import httpx2

from veillee import __version__

AGENT = "Veillee"
MAX_LINKS = 60
MAX_HOPS = 5
MAX_ROBOTS_BYTES = 200_000
HOSTS_AT_ONCE = 5
_ASK_WITH_GET = frozenset({400, 403, 404, 405, 406, 410, 500, 501, 503})  # some answer so to HEAD alone

Allows = Callable[[str], bool]
"""Whether an IP address may be connected to."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public network."""
    return ipaddress.ip_address(address.partition("%")[0]).is_global


@dataclass(frozen=True, slots=True)
class Visit:
    """What an address answered: `status` 0 with the reason where nothing did, `moved_to` where it moved for good.

    `is_skipped` where nobody was asked, for the reason given.
    """

    url: str
    status: int = 0
    reason: str = ""
    moved_to: str = ""
    is_skipped: bool = False


@dataclass(frozen=True, slots=True)
class Visitor:
    """How pages are asked for. `allows` says which IP addresses may be connected to, `trust` whose certificates count
    (None: the system's authorities).
    """

    site_url: str = ""
    allows: Allows = is_public
    timeout_s: float = 10.0
    pause_s: float = 1.0
    budget_s: float = 60.0
    max_links: int = MAX_LINKS
    trust: ssl.SSLContext | None = None

    def visit(self, urls: Iterable[str]) -> tuple[Visit, ...]:
        """What each address answers, in the order given."""
        wanted = list(dict.fromkeys(urls))
        asked, left = wanted[: self.max_links], wanted[self.max_links :]
        ends = time.monotonic() + self.budget_s
        by_host: dict[str, list[str]] = {}
        for url in asked:
            by_host.setdefault(url.split("/")[2].lower(), []).append(url)
        with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
            groups = pool.map(lambda group: list(self._host(group, ends)), by_host.values())
            found = {visit.url: visit for group in groups for visit in group}
        skipped = (Visit(url, reason=f"more than {self.max_links} links", is_skipped=True) for url in left)
        return (*(found[url] for url in asked), *skipped)

    def answers(self, url: str, *, timeout_s: float = 5.0) -> str:
        """Empty where something answers at the operator's own address, which may be private; else what happened."""
        try:
            with self._client(timeout_s) as client:
                status = client.get(url).status_code
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as err:
            return _reason(err)
        return f"status {status}" if status >= 500 else ""

    def _host(self, urls: list[str], ends: float) -> Iterator[Visit]:
        with self._client(self.timeout_s) as client:
            asking = _Asking(self, client, ends)
            for url in urls:
                yield asking.visit(url)

    def _client(self, timeout_s: float) -> httpx2.Client:
        about = f"; +{self.site_url}" if self.site_url.isascii() and self.site_url else ""
        agent = f"{AGENT}/{__version__} (looks at the links of a newsletter before it is sent{about})"
        return httpx2.Client(
            timeout=timeout_s,
            follow_redirects=False,
            trust_env=False,
            verify=self.trust or True,
            headers={"User-Agent": agent, "Accept": "*/*"},
        )


class _RefusedError(Exception):
    """Why an address is not asked."""


@dataclass(slots=True)
class _Asking:
    """The requests to one host, and to where it redirects, one after the other."""

    visitor: Visitor
    client: httpx2.Client
    ends: float
    robots: dict[str, RobotFileParser | None] = field(default_factory=dict)
    last_at: float = float("-inf")

    def visit(self, url: str) -> Visit:
        try:
            return self._followed(url)
        except _RefusedError as err:
            return Visit(url, reason=str(err), is_skipped=True)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as err:
            return Visit(url, reason=_reason(err))

    def _followed(self, url: str) -> Visit:
        at, seen, moved_to, is_for_good = url, {url}, "", True
        for _ in range(MAX_HOPS + 1):
            status, location = self._ask(at)
            if status not in (301, 302, 303, 307, 308) or not location:
                return Visit(url, status, moved_to=moved_to if status < 400 else "")
            is_for_good = is_for_good and status in (301, 308)
            at = urljoin(at, location)
            if at in seen:
                return Visit(url, reason="it redirects in a circle")
            if urlsplit(at).scheme not in ("http", "https"):
                return Visit(url, reason=f"it redirects to {at[:60]}")
            seen.add(at)
            moved_to = at if is_for_good else moved_to
        return Visit(url, reason=f"it redirects more than {MAX_HOPS} times")

    def _ask(self, url: str) -> tuple[int, str]:
        """The status, and where it redirects to."""
        if not self._may_ask(url):
            raise _RefusedError("robots.txt asks programs to stay away")
        status, location = self._request("HEAD", url)
        return self._request("GET", url) if status in _ASK_WITH_GET else (status, location)

    def _request(self, method: str, url: str) -> tuple[int, str]:
        with self._answer(method, url) as answer:
            return answer.status_code, answer.headers.get("Location", "")

    def _answer(self, method: str, url: str) -> AbstractContextManager[httpx2.Response]:
        """An answer whose body is not read unless somebody does."""
        self._wait()
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        address = self._address(host, parts.port or (443 if parts.scheme == "https" else 80))
        shown = f"[{address}]" if ":" in address else address
        port = f":{parts.port}" if parts.port else ""
        target = parts._replace(netloc=f"{shown}{port}", fragment="").geturl()
        headers = {"Host": f"{host}{port}"}
        return self.client.stream(method, target, headers=headers, extensions={"sni_hostname": host})

    def _address(self, host: str, port: int) -> str:
        """The IP address that is connected to: the first one, where all that the name has may be."""
        found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        if not found or not all(map(self.visitor.allows, found)):
            raise _RefusedError("it is an address of a private network")
        return found[0]

    def _wait(self) -> None:
        left = self.last_at + self.visitor.pause_s - time.monotonic()
        if time.monotonic() + max(0.0, left) > self.ends:
            raise _RefusedError("there was no time left")
        if left > 0:
            time.sleep(left)
        self.last_at = time.monotonic()

    def _may_ask(self, url: str) -> bool:
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}"
        if root not in self.robots:
            self.robots[root] = self._rules(f"{root}/robots.txt")
        rules = self.robots[root]
        return rules is None or rules.can_fetch(AGENT, url)

    def _rules(self, url: str) -> RobotFileParser | None:
        """None where there are none, or where they cannot be had."""
        try:
            with self._answer("GET", url) as answer:
                if answer.status_code != 200:
                    return None
                text = b""
                for piece in answer.iter_bytes():
                    text += piece
                    if len(text) > MAX_ROBOTS_BYTES:
                        break
        except (httpx2.HTTPError, OSError):
            return None
        rules = RobotFileParser()
        rules.parse(text.decode("utf-8", "replace").splitlines())
        return rules


def _reason(err: Exception) -> str:
    if isinstance(err, httpx2.TimeoutException):
        return "no answer in time"
    if isinstance(err, socket.gaierror):
        return "its host is not known"
    if isinstance(err, httpx2.ConnectError):
        said = str(err).lower()
        return "its certificate is not valid" if "certificate" in said else "nothing listens there"
    return f"it answers nonsense ({type(err).__name__})"
