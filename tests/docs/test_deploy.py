"""The recipes for putting a site on the web: their files parse, and what one machine can run is run."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import yaml

from tests.conftest import ROOT, require_tool

TEXT = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)


def test_workflows_are_yaml_and_check_before_they_build() -> None:
    github, gitlab = (yaml.safe_load(block) for language, block in BLOCKS if language == "yaml")
    steps = [step.get("run", "") for step in github["jobs"]["site"]["steps"]]
    for commands in (steps, gitlab["pages"]["script"]):
        assert commands.index("veillee check") < commands.index("veillee build")


def test_rsync_sends_all_and_takes_away_what_is_gone(tmp_path: Path) -> None:
    require_tool(shutil.which("rsync"), "rsync")
    site, target = tmp_path / "output", tmp_path / "target"
    (site / "theme").mkdir(parents=True)
    target.mkdir()
    for name in ("index.html", "theme/a.css", ".veillee-files", ".htaccess"):
        (site / name).write_text("new")
    (target / "gone.html").write_text("old")
    (recipe,) = (block for language, block in BLOCKS if language == "bash" and "rsync" in block)
    commands = recipe.replace("veillee build\n", "")
    environment = {"TARGET": f"{target}/", "PATH": "/usr/bin:/bin"}
    subprocess.run(["bash", "-euc", commands], cwd=tmp_path, env=environment, check=True)
    found = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
    assert found == [".htaccess", "index.html", "theme/a.css"]
