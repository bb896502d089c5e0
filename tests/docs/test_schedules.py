"""The examples of the operators' guide for schedules are what cron, systemd and CI services take."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.docs.test_docs import COMMANDS

GUIDE = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
SECTION = GUIDE.partition("## Digests that go out by themselves")[2].partition("\n## ")[0]
COMMAND = "veillee digest run"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)


def load(text: str) -> dict[Any, Any]:
    found = yaml.safe_load(text)
    assert isinstance(found, dict)
    return found


def test_the_command_of_all_examples_exists() -> None:
    assert COMMAND in COMMANDS
    assert all(COMMAND in block for block in (*blocks("cron"), *blocks("yaml"), blocks("ini")[0]))


def test_the_crontab_has_a_time_and_a_command_the_shell_understands() -> None:
    (text,) = blocks("cron")
    assert "%" not in text, "cron makes a line end of it"
    setting, line = text.splitlines()
    assert re.fullmatch(r"[A-Z]+=\S+", setting)
    *fields, command = line.split(maxsplit=5)
    assert all(re.fullmatch(r"[*0-9/,-]+", field) for field in fields)
    assert subprocess.run(["sh", "-n", "-c", command], check=False).returncode == 0


def test_the_units_are_what_systemd_takes(tmp_path: Path) -> None:
    service, timer = blocks("ini")
    parsed = configparser.RawConfigParser(strict=True)
    parsed.read_string(timer)
    assert parsed["Timer"]["Persistent"] == "true"
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("systemd is not here")
    program = "/srv/mysite/.venv/bin/veillee"
    assert program in service
    (tmp_path / "veillee-digests.service").write_text(service.replace(program, "/bin/true"))
    (tmp_path / "veillee-digests.timer").write_text(timer)
    names = [str(tmp_path / f"veillee-digests.{kind}") for kind in ("service", "timer")]
    verified = subprocess.run([analyze, "verify", *names], capture_output=True, text=True, check=False)
    ours = [line for line in verified.stderr.splitlines() if "veillee-digests" in line]
    assert (ours, verified.returncode) == ([], 0), verified.stderr


def test_the_workflow_runs_alone_on_a_runner_that_keeps_its_disk() -> None:
    workflow = load(blocks("yaml")[0])
    triggers = workflow[True]  # `on`, to YAML 1.1
    assert len(triggers["schedule"][0]["cron"].split()) == 5
    assert workflow["concurrency"]["cancel-in-progress"] is False
    (job,) = workflow["jobs"].values()
    assert job["runs-on"] == "self-hosted"
    for step in job["steps"]:
        assert ("uses" in step) != ("run" in step)
        assert subprocess.run(["sh", "-n", "-c", step.get("run", "")], check=False).returncode == 0


def test_the_pipeline_runs_alone_on_a_runner_of_our_own() -> None:
    (job,) = load(blocks("yaml")[1]).values()
    assert (job["resource_group"], job["interruptible"]) == ("digests", False)
    for line in (*job["script"], *job["after_script"]):
        assert isinstance(line, str), "a colon would make a mapping of it"
        assert subprocess.run(["sh", "-n", "-c", line], check=False).returncode == 0
