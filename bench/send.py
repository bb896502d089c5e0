"""How fast an edition leaves: against postfix's own source of test mail, and against the plain way, in one run.

    python bench/send.py [--count 10000] [--connections 5] [--rounds 3] [--json]

Everything stays on this machine: the other end is postfix's `smtp-sink`, which takes every message and forgets it. What
is compared carries as many bytes over as many connections, in turns; medians are told. Our figure is the whole of a
send after freezing, as `veillee digest send` does it: claims and outcomes in the ledger, journal, event log, messages,
signatures, SMTP. The edition is the demonstration's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import resource
import shutil
import smtplib
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import message as messages

from veillee.audience.imports import import_subscribers
from veillee.audience.rows import NewSubscriber
from veillee.cli.digest import running
from veillee.cli.digest.mailing import Mailing, open_mailing, render_variants
from veillee.cli.digest.sending import freeze_edition, send_frozen
from veillee.config import DkimSettings, SiteSettings
from veillee.database import open_database
from veillee.delivery.envelope import Outcome, Parcel, Reply
from veillee.delivery.ledger.book import Ledger
from veillee.delivery.ledger.records import Delivery, FrozenEdition, Run
from veillee.delivery.message.dkim_keys import KeyKind, Signer, read_signer, write_new_key
from veillee.delivery.sending.parcels import ParcelMaker
from veillee.delivery.sending.rates import Rates
from veillee.delivery.sending.sender import BATCH, CHUNK
from veillee.delivery.transports import SmtpTransport
from veillee.model import DeliveryState
from veillee.model.address import parse_address

ROOT = Path(__file__).resolve().parents[1]
PATH = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"
NOW = "2026-11-27T09:00"
DOMAIN = "veillee.example"
PLAIN_MESSAGES = 150


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured: so many messages over so many connections, so many times."""

    count: int
    connections: int
    rounds: int


@dataclass(frozen=True, slots=True)
class Way:
    """How our messages are sent: who signs (name of the kind -> path of the key), and how many processes send."""

    name: str
    keys: dict[str, Path]
    processes: int = 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    if not shutil.which("smtp-sink", path=PATH):
        print("smtp-sink and smtp-source are missing: run bench/install", file=sys.stderr)
        return 1
    figures = measure(Plan(chosen.count, chosen.connections, chosen.rounds))
    print(json.dumps(figures, indent=2) if chosen.json else told(figures))
    return 0


def measure(plan: Plan) -> dict[str, Any]:
    """Messages a second by way, the median of the rounds; peak memory in MB; bytes of a message."""
    with TemporaryDirectory() as name, sink() as port:
        folder = Path(name)
        mailing = a_mailing(folder, port, plan)
        frozen = a_frozen_edition(mailing, plan)
        size = message_size(mailing)
        ways = our_ways(folder)
        rates: dict[str, list[float]] = {}
        peaks: dict[str, float] = {}
        for _ in range(plan.rounds):
            rates.setdefault("smtp-source", []).append(smtp_source(port, size, plan))
            for way in ways:
                rate, peak = our_send(mailing.site, frozen, way, plan)
                rates.setdefault(way.name, []).append(rate)
                peaks[way.name] = max(peak, peaks.get(way.name, 0.0))
            rates.setdefault("the plain way, RSA-2048", []).append(plain_way(mailing, port, folder))
        parts = where_the_time_goes(mailing, frozen, ways, plan)
        signing = where_signing_is_the_limit(mailing.site, frozen, ways[2], plan)
    medians = {name: statistics.median(found) for name, found in rates.items()}
    return {
        "bytes": size,
        "connections": plan.connections,
        "rates": medians,
        "rounds": rates,
        "peak_mb": peaks,
        "us": parts,
        "signing": signing,
    }


def a_mailing(folder: Path, port: int, plan: Plan) -> Mailing:
    """The demonstration's newest weekly edition, to be sent from a folder of its own to the sink."""
    mailing = open_mailing("weekly", None, settings=ROOT / "pelicanconf.py", now=NOW)
    site = mailing.site
    mail = replace(site.mail, transport="smtp", host="127.0.0.1", port=port, security="plain", user=None)
    mail = replace(mail, connections=plan.connections, bounces_to="bounces@veillee.example")
    var = folder / "var"
    return replace(mailing, site=replace(site, var=var, database=f"sqlite:///{var / 'veillee.sqlite3'}", mail=mail))


def a_frozen_edition(mailing: Mailing, plan: Plan) -> FrozenEdition:
    """Frozen for so many subscribers; a copy of the database is kept for each run."""
    with open_database(mailing.site.database) as database:
        rows = (
            NewSubscriber("bench", number, parse_address(f"member{number}@example.org"), f"Member {number}", "fr")
            for number in range(plan.count)
        )
        import_subscribers(database, rows, now=mailing.now)
        frozen = freeze_edition(mailing, Ledger(database))
    shutil.copy(mailing.site.var / "veillee.sqlite3", mailing.site.var / "frozen.sqlite3")
    return frozen


def message_size(mailing: Mailing) -> int:
    return len(messages.naive(render_variants(mailing)[0], mailing, messages.a_filling()))


def where_the_time_goes(mailing: Mailing, frozen: FrozenEdition, ways: tuple[Way, ...], plan: Plan) -> dict[str, float]:
    """Microseconds a message, each part alone, one after the other in this process."""
    _fresh_ledger(mailing.site)
    with open_database(mailing.site.database) as database:
        ledger = Ledger(database)
        run = Run("bench", "", "", "none")
        ledger.begin(frozen, run, now=mailing.now)
        began_s = time.perf_counter()
        deliveries = _through_the_ledger(ledger, frozen, run, mailing)
        figures = {"ledger": time.perf_counter() - began_s}
        for way in ways[:3]:
            signers = _signers(way)
            maker = ParcelMaker(ledger, frozen, ways=running.ways_back(mailing.site, frozen), signers=signers)
            maker(deliveries[:16])
            began_s = time.perf_counter()
            for start in range(0, len(deliveries), 16):
                maker(deliveries[start : start + 16])
            figures[f"building, {way.name}"] = time.perf_counter() - began_s
        parcels = maker(deliveries[:200])[0] * (len(deliveries) // 200)
        began_s = time.perf_counter()
        asyncio.run(_carry(SmtpTransport(mailing.site.mail), parcels))
        figures["SMTP, waiting for the sink included"] = time.perf_counter() - began_s
    return {name: seconds / plan.count * 1e6 for name, seconds in figures.items()}


def where_signing_is_the_limit(site: SiteSettings, frozen: FrozenEdition, way: Way, plan: Plan) -> dict[str, float]:
    """Messages made a second and sent to nobody: on one core, on two as one process does it, on two by two of them."""
    rates: dict[str, list[float]] = {}
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for _ in range(plan.rounds):
            for name, processes, threads in (("one thread", 1, 1), ("two threads", 1, 2), ("two processes", 2, 1)):
                job = (site, frozen, way, plan.count // 4, threads)
                pool.starmap(_make, [(*job[:3], 32, threads)] * 2, chunksize=1)  # warm
                rates.setdefault(name, []).append(sum(pool.starmap(_make, [job] * processes, chunksize=1)))
    return {name: statistics.median(found) for name, found in rates.items()}


def _make(site: SiteSettings, frozen: FrozenEdition, way: Way, count: int, threads: int) -> float:
    """Messages a second that so many threads of this process make."""
    with open_database(site.database) as database, ThreadPoolExecutor(threads) as press:
        ledger = Ledger(database)
        maker = ParcelMaker(ledger, frozen, ways=running.ways_back(site, frozen), signers=_signers(way))
        deliveries = list(islice(ledger.rows(frozen, DeliveryState), count))
        maker(deliveries[:1])
        began_s = time.perf_counter()
        for _ in press.map(maker, (deliveries[start : start + CHUNK] for start in range(0, count, CHUNK))):
            pass
        return count / (time.perf_counter() - began_s)


def _through_the_ledger(ledger: Ledger, frozen: FrozenEdition, run: Run, mailing: Mailing) -> list[Delivery]:
    """Claims and records everything, a batch at a time, as a sender does."""
    taken = Outcome(Reply.ACCEPTED, "250 2.0.0 Ok: queued as 4F1D2A93")
    rates = Rates(None, {}, now_s=0.0)
    found: list[Delivery] = []
    claimed: tuple[Delivery, ...] = ()
    while True:
        settled = [(one, taken) for one in claimed]
        claimed = ledger.advance(frozen, settled, run=run, rates=rates, now=mailing.now, limit=BATCH).deliveries
        if not claimed:
            return found
        found += claimed


class _Handover:
    """Gives parcels out, and keeps no account of them."""

    is_closed = False

    def __init__(self, parcels: list[Parcel]) -> None:
        self._left = iter(parcels)

    async def take(self) -> Parcel | None:
        return self.take_ready()

    def take_ready(self) -> Parcel | None:
        return next(self._left, None)

    def about_to_end(self, parcel: Parcel) -> None: ...

    def settle(self, parcel: Parcel, outcome: Outcome) -> None: ...

    def give_back(self, parcel: Parcel, *, was_tried: bool = True) -> None: ...


async def _carry(transport: SmtpTransport, parcels: list[Parcel]) -> None:
    handover = _Handover(parcels)
    await asyncio.gather(*(transport.carry(handover) for _ in range(transport.lanes)))


def _signers(way: Way) -> tuple[Signer, ...]:
    return tuple(read_signer(path, kind=KeyKind(kind), domain=DOMAIN, selector="s1") for kind, path in way.keys.items())


def _fresh_ledger(site: SiteSettings) -> None:
    for path in site.var.glob("veillee.sqlite3*"):
        path.unlink()
    shutil.copy(site.var / "frozen.sqlite3", site.var / "veillee.sqlite3")


def our_ways(folder: Path) -> tuple[Way, ...]:
    paths = {kind: folder / f"{kind.value}.pem" for kind in KeyKind}
    for kind, path in paths.items():
        write_new_key(path, kind)
    rsa = {KeyKind.RSA.value: paths[KeyKind.RSA]}
    return (
        Way("unsigned", {}),
        Way("Ed25519", {KeyKind.ED25519.value: paths[KeyKind.ED25519]}),
        Way("RSA-2048", rsa),
        Way("RSA-2048, two processes", rsa, processes=2),
    )


def our_send(site: SiteSettings, frozen: FrozenEdition, way: Way, plan: Plan) -> tuple[float, float]:
    """Messages a second, and peak memory in MB, of a send in a process of its own."""
    _fresh_ledger(site)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_send, args=(site, frozen, way, theirs))
    process.start()
    seconds, peak = ours.recv()
    process.join()
    return plan.count / seconds, peak


def _send(site: SiteSettings, frozen: FrozenEdition, way: Way, answer: Any) -> None:
    """What the command does after freezing; Ed25519 alone, which settings refuse, is measured here all the same."""
    signers = _signers(way)
    if way.processes == 1:
        running.load_signers = lambda *_, **__: signers
    elif signers:
        dkim = DkimSettings(domain=DOMAIN, selector="s1", key=str(way.keys[KeyKind.RSA.value]))
        site = replace(site, mail=replace(site.mail, dkim=dkim))
    with open_database(site.database) as database:
        began_s = time.perf_counter()
        sent = send_frozen(site, database, frozen, running.Terms("smtp", way.processes), is_quiet=True)
        seconds = time.perf_counter() - began_s
        if sent.error or not sent.tally.is_sent:
            raise SystemExit(f"not sent: {sent}")
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    answer.send((seconds, used / 1024))


def smtp_source(port: int, size: int, plan: Plan) -> float:
    """Messages a second of postfix's tool, over connections that stay open as ours do."""
    options = ["-d", "-s", str(plan.connections), "-l", str(size), "-m", str(plan.count)]
    command = [str(shutil.which("smtp-source", path=PATH)), *options, "-f", "a@example.org", "-t", "b@example.org"]
    began_s = time.perf_counter()
    subprocess.run([*command, f"127.0.0.1:{port}"], check=True)  # noqa: S603 - our own words
    return plan.count / (time.perf_counter() - began_s)


def plain_way(mailing: Mailing, port: int, folder: Path) -> float:
    """Jinja and MJML for each recipient, a message object, dkimpy, smtplib: messages a second."""
    pem = (folder / "rsa.pem").read_bytes()
    began_s = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for _ in range(PLAIN_MESSAGES):
            signed = messages.naive_signed(render_variants(mailing)[0], mailing, messages.a_filling(), pem)
            connection.sendmail("a@example.org", ["b@example.org"], signed)
    return PLAIN_MESSAGES / (time.perf_counter() - began_s)


@contextmanager
def sink() -> Iterator[int]:
    """postfix's sink on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [str(shutil.which("smtp-sink", path=PATH)), "-u", "nobody", f"127.0.0.1:{port}", "1000"]
    process = subprocess.Popen(command)  # noqa: S603 - our own words
    try:
        _until_it_listens(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _until_it_listens(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise SystemExit("smtp-sink does not listen")


def told(figures: dict[str, Any]) -> str:
    rates = figures["rates"]
    source = rates["smtp-source"]
    lines = [f"A message of {figures['bytes']:,} bytes over {figures['connections']} connections, messages a second:"]
    for name, rate in rates.items():
        peak = f"{figures['peak_mb'][name]:>7,.0f} MB" if name in figures["peak_mb"] else ""
        lines.append(f"  {name:28}{rate:>8,.0f}   {rate / source:>5.2f} of smtp-source{peak}")
    lines.append(f"Against the plain way: {rates['RSA-2048'] / rates['the plain way, RSA-2048']:.0f} times as many.")
    lines.append(
        f"Two processes against one: {rates['RSA-2048, two processes'] / rates['RSA-2048']:.2f} times as many."
    )
    lines.append("Where the time of a message goes, microseconds, each part alone:")
    lines += [f"  {name:38}{micros:>8.1f}" for name, micros in figures["us"].items()]
    lines.append("Where signing is the limit (messages made and not sent, RSA-2048), a second:")
    alone = figures["signing"]["one thread"]
    lines += [
        f"  {name:28}{rate:>8,.0f}   {rate / alone:>5.2f} of one thread" for name, rate in figures["signing"].items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
