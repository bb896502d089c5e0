"""The official MJML program, in strict mode, judges our templates and our list of components."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT, require_tool
from tests.render.newsletter.samples import (
    DAILY_SECTIONS,
    WEEKLY_SECTIONS,
    a_community,
    around,
    composed,
    our_templates,
    templates_of,
)
from veillee.render.newsletter import render_mjml_source
from veillee.render.newsletter.components import COMPONENTS, UNSUPPORTED

PROGRAM = ROOT / "node_modules" / ".bin" / "mjml"
DUMP = """
const {components, dependencies} = require("mjml-preset-core").default || require("mjml-preset-core");
console.log(JSON.stringify({
  attributes: Object.fromEntries(components.map(c => [c.componentName, Object.keys(c.allowedAttributes || {})])),
  ending: components.filter(c => c.endingTag).map(c => c.componentName),
  holds: dependencies,
}));
"""


@pytest.fixture
def official() -> Path:
    require_tool(PROGRAM.exists() and shutil.which("node"), "mjml")
    return PROGRAM


def judged(program: Path, source: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The verdict on an MJML text: exit code and complaints."""
    file = folder / "mail.mjml"
    file.write_text(source, encoding="utf-8")
    command = [str(program), "--config.validationLevel", "strict", str(file), "-o", str(folder / "mail.html")]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("digest", ["weekly", "questions"])
def test_the_official_program_finds_no_fault_with_our_templates(digest: str, official: Path, tmp_path: Path) -> None:
    sections = WEEKLY_SECTIONS if digest == "weekly" else DAILY_SECTIONS
    source = render_mjml_source(composed(*sections), community=a_community(), templates=our_templates(digest))
    verdict = judged(official, source, tmp_path)
    assert (verdict.returncode, verdict.stderr) == (0, "")
    assert "Comment l’atelier" in (tmp_path / "mail.html").read_text(encoding="utf-8") or digest == "questions"


def test_the_judge_is_awake(official: Path, tmp_path: Path) -> None:
    templates = templates_of(around("<mj-text>a</mj-text>"))
    good = render_mjml_source(composed(), community=a_community(), templates=templates)
    assert judged(official, good.replace("<mj-text>", '<mj-text bogus="1">'), tmp_path).returncode != 0


def test_our_list_of_components_is_the_official_one(official: Path) -> None:
    dump = subprocess.run(
        ["node", "-e", DUMP], cwd=official.parents[2], capture_output=True, text=True, timeout=60, check=True
    )
    theirs = json.loads(dump.stdout)
    for name, attributes in theirs["attributes"].items():
        assert COMPONENTS[name].attributes == set(attributes), name
        assert COMPONENTS[name].is_ending == (name in theirs["ending"]), name
    for name, holds in theirs["holds"].items():
        if name not in UNSUPPORTED and name != "mj-attributes":
            assert COMPONENTS[name].holds == set(holds), name
