"""What all tests share: the demonstration, built once a run, and tools that may be missing."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("veillee", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("veillee")  # how busy a machine is says nothing about the code

ROOT = Path(__file__).resolve().parents[1]
DEMO_NOW = "2026-11-20T09:00"


def require_tool(found: object, name: str) -> None:
    """Skips loudly where a tool is missing; in CI, where every tool must be there, fails."""
    if found:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{name} is missing: run scripts/install-test-tools", pytrace=False)
    pytest.skip(f"{name.upper()} IS MISSING, this was not tested: run scripts/install-test-tools")


def run_veillee(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own."""
    command = [sys.executable, "-m", "veillee.cli.main", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of the demonstration, built once for all workers of this run."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    output = shared / "demo-output"
    with _one_at_a_time(shared / "demo.lock"):
        if not (output / "index.html").exists():
            built = run_veillee("build", "--now", DEMO_NOW, "--output", str(output))
            assert built.returncode == 0, built.stdout + built.stderr
    return output


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a browser for Playwright."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    require_tool(path, "chromium")
    assert path
    return path


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
