"""Measures every figure of the demonstration and prints the table; exit code 1 where one is missed.

python -m tests.audit [--quick]
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from tests.audit import html_checker, lighthouse
from tests.audit.browsing import AXE, chromium
from tests.audit.figures import Figure, Served, lighthouse_figures, quick_figures
from tests.audit.static_host import hosted
from tests.conftest import DEMO_NOW, ROOT, run_veillee

SUITES = {
    "reading, filters and languages by keyboard alone": "tests/audit/test_flows.py",
    "schemes, what is new and the live page": "tests/audit/test_script.py",
    "searching, in both languages": "tests/audit/test_search_flow.py",
    "sites that are odd (empty, endless, right to left)": "tests/audit/test_odd_sites.py",
    "newsboat reads every item of every feed": "tests/feeds/test_newsboat.py",
}


def main() -> int:
    console = Console(width=None if sys.stdout.isatty() else 140)
    if lacking := [name for name, is_there in _tools() if not is_there]:
        console.print(f"Missing: {', '.join(lacking)}; run scripts/install-test-tools first.")
        return 2
    with TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        built = run_veillee("build", "--now", DEMO_NOW, "--output", str(site))
        if built.returncode:
            sys.stderr.write(built.stdout + built.stderr)
            return 2
        figures = list(_measure(site, console))
    console.print(_table(figures))
    for figure in figures:
        for reason in figure.missed[:20]:
            console.print(f"{figure.name}: {reason}", markup=False, highlight=False, soft_wrap=True)
    missed = sum(1 for figure in figures if figure.missed)
    console.print(f"{len(figures) - missed} of {len(figures)} figures are met.")
    return 1 if missed else 0


def _tools() -> Iterator[tuple[str, bool]]:
    yield "axe-core", AXE.exists()
    yield "vnu (java and npm)", html_checker.is_there()
    yield "lighthouse", lighthouse.is_there() or "--quick" in sys.argv


def _measure(site: Path, console: Console) -> Iterator[Figure]:
    with hosted(site) as address, chromium() as browser:
        served = Served(site, address, browser)
        sources = [quick_figures(served)]
        if "--quick" not in sys.argv:
            sources.append(lighthouse_figures(served, score=lighthouse.score))
        for source in sources:
            for figure in source:
                console.print(
                    f"{'MISSED' if figure.missed else 'met   '} {figure.name}: {figure.found}", highlight=False
                )
                yield figure
    for name, suite in SUITES.items():
        yield _run(name, suite)


def _run(name: str, suite: str) -> Figure:
    """A suite of tests as one figure; one that was left out is a miss, since nobody knows what it would have found."""
    command = [sys.executable, "-m", "pytest", "-q", "-rfs", "-p", "no:randomly", suite]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    lines = done.stdout.splitlines()
    missed = tuple(line for line in lines if re.match(r"(FAILED|ERROR|SKIPPED)", line))
    if done.returncode and not missed:
        missed = tuple(lines[-3:])
    return Figure(name, "all pass", lines[-1] if lines else "nothing", missed)


def _table(figures: list[Figure]) -> Table:
    table = Table("Figure", "Wanted", "Found", "Met")
    for figure in figures:
        table.add_row(figure.name, figure.wanted, figure.found, "no" if figure.missed else "yes")
    return table


if __name__ == "__main__":
    sys.exit(main())
