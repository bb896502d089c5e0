"""The recipes of the operators' guide can be read by the programs that they are for."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

GUIDE = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")


def recipes(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", GUIDE, flags=re.DOTALL)


def test_the_ci_jobs_are_yaml_and_run_the_command_in_a_place_that_lasts() -> None:
    jobs = [yaml.safe_load(text) for text in recipes("yaml")]
    assert len(jobs) == 2
    for job in jobs:
        said = str(job)
        assert "veillee digest run" in said
        assert "/srv/veillee-var var" in said


def units() -> dict[str, str]:
    return {text.split("\n")[0].removeprefix("# "): text for text in recipes("ini")}


def test_the_units_say_what_and_when() -> None:
    service, timer = (configparser.ConfigParser(strict=False) for _ in range(2))
    service.optionxform = timer.optionxform = str  # type: ignore[assignment,method-assign]
    service.read_string(units()["veillee.service"])
    timer.read_string(units()["veillee.timer"])
    assert service["Service"]["ExecStart"].endswith("veillee digest run")
    assert timer["Timer"]["Persistent"] == "true"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd on this machine")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name, text in units().items():
        (tmp_path / name).write_text(text.replace("/srv/veillee/.venv/bin/veillee", "/bin/true"))
    command = [
        "systemd-analyze",
        "verify",
        "--man=no",
        str(tmp_path / "veillee.service"),
        str(tmp_path / "veillee.timer"),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Unknown" not in ran.stderr
    assert "Failed to parse" not in ran.stderr
