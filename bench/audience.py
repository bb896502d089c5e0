"""How fast a list is taken in, and in how much memory: a million made-up subscribers, twice.

    python bench/audience.py [--count 1000000]

The list is made by a seeded program; each import is the command's own, in a process of its own. The second one finds
everybody there, and changes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

DOMAINS = ("gmail.com", "orange.fr", "free.fr", "laposte.net", "outlook.com", "example.org", "bücher.example")
TOPICS = ("sql", "css", "atelier", "sécurité", "maintenance", "ia", "lecture", "tableur")
ZONES = ("", "", "", "Europe/Paris", "America/Montreal", "Africa/Dakar")
FREQUENCIES = ("", "", "week", "month")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000_000)
    count = parser.parse_args().count
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "content").mkdir()
        (folder / "pelicanconf.py").write_text('SITENAME = "Bench"\nPATH = "content"\nPLUGINS = ["veillee.plugin"]\n')
        size = write_list(folder / "people.csv", count)
        print(f"{count:,} subscribers in a list of {size / 1e6:.0f} MB")
        for what in ("first import", "second import"):
            print(told(what, count, *take_in(folder)), flush=True)
        database = (folder / "var" / "veillee.sqlite3").stat().st_size
        print(f"database: {database / 1e6:.0f} MB")
    return 0


def write_list(path: Path, count: int) -> int:
    chance = random.Random(2026)  # noqa: S311 - the same list each time
    with path.open("w", encoding="utf-8") as file:
        file.write("address,name,lang,topics,timezone,frequency\n")
        for number in range(count):
            topics = "|".join(sorted(chance.sample(TOPICS, chance.choice((0, 0, 1, 2, 3)))))
            address = f"member.{number}@{chance.choice(DOMAINS)}"
            name = f"{chance.choice(('Zoé', 'Omar', 'Jean-Luc', 'Łucja'))} {number}"
            rest = (chance.choice(("fr", "fr", "en", "")), topics, chance.choice(ZONES), chance.choice(FREQUENCIES))
            file.write(",".join((address, name, *rest)) + "\n")
    return path.stat().st_size


def take_in(folder: Path) -> tuple[float, float, float, dict[str, object]]:
    """Seconds, seconds of a processor, peak memory in MB, and what the command said."""
    command = [sys.executable, "-m", "veillee.cli.main", "subscribers", "import", "people.csv", "--json"]
    began_s = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own words
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the import failed with exit code {process.returncode}")
    return time.perf_counter() - began_s, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, json.loads(said)


def told(what: str, count: int, seconds: float, busy_s: float, peak_mb: float, report: dict[str, object]) -> str:
    counts = ", ".join(f"{report[name]:,} {name}" for name in ("new", "changed", "unchanged"))
    speed = f"{seconds:>7.1f} s ({busy_s:.1f} s of a processor){count / seconds:>10,.0f} rows/s"
    return f"  {what:14}{speed}{peak_mb:>7.0f} MB at most   ({counts})"


if __name__ == "__main__":
    sys.exit(main())
