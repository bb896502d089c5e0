"""The documents are true: what they name exists, and what exists is named."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main

from tests.conftest import ROOT
from veillee import config
from veillee.cli.main import app

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
PROSE = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)


def commands_below(command: Any, name: str) -> dict[str, Any]:
    children = getattr(command, "commands", None)
    if children is None:
        return {name: command}
    return {
        key: found
        for child in children.values()
        for key, found in commands_below(child, f"{name} {child.name}").items()
    }


COMMANDS = commands_below(typer.main.get_command(app), "veillee")


def test_the_reference_is_what_the_code_says() -> None:
    made = subprocess.run([sys.executable, "scripts/reference.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr


def test_every_command_that_a_document_shows_exists_with_its_options() -> None:
    shown = re.findall(r"^(?:\$ )?(veillee [a-z].*)$|`(veillee [a-z][^`]*)`", PROSE, flags=re.MULTILINE)
    lines = [(one or two).split("  #")[0] for one, two in shown]
    assert len(lines) > 15
    assert [line for line in lines if not _is_command(line)] == []


def _is_command(line: str) -> bool:
    words = line.split(" && ")[0].split()
    named = [name for name in COMMANDS if words[: len(name.split())] == name.split()]
    if not named:
        return any(name.startswith(" ".join(words[:2])) for name in COMMANDS) and len(words) == 2
    options = {option for param in COMMANDS[max(named, key=len)].params for option in param.opts}
    return {word for word in words if word.startswith("--")} <= options


def test_every_command_has_help_with_an_example() -> None:
    lacking = [name for name, one in COMMANDS.items() if "Example" not in (one.epilog or "") + (one.help or "")]
    assert lacking == []


def test_every_setting_that_a_document_names_exists() -> None:
    named = set(re.findall(r"\bVEILLEE_[A-Z_]+[A-Z]\b", PROSE))
    assert named - config.KNOWN.keys() - config.SECRETS.keys() == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|\{)([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_make_help_names_every_command_of_the_documents() -> None:
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = {line.split()[0] for line in told.splitlines() if line.strip()}
    assert set(re.findall(r"`make ([a-z]+)`", PROSE)) <= targets


GUIDES = (ROOT / "docs/guide.md", ROOT / "docs/guide.fr.md")
SHOWN_TO_READERS = re.compile(r"`([^`\n]+)`")


def _commands_in(guide: Path) -> list[str]:
    spans = SHOWN_TO_READERS.findall(guide.read_text(encoding="utf-8"))
    return sorted({span for span in spans if span.startswith(("veillee ", "--", "VEILLEE_"))} - _OF_ONE_LANGUAGE)


_OF_ONE_LANGUAGE = {
    'veillee new story "How the night shift learned spreadsheets"',
    'veillee new story "L’équipe de nuit apprend le tableur"',
}


def test_the_french_guide_says_what_the_english_one_says() -> None:
    english, french = (guide.read_text(encoding="utf-8") for guide in GUIDES)
    for mark in ("## ", "### ", "```", "- ", "| `", "1. ", "8. ", "**"):
        counted = [len(re.findall(rf"^{re.escape(mark)}", text, flags=re.MULTILINE)) for text in (english, french)]
        assert counted[0] == counted[1], mark
    assert _commands_in(GUIDES[0]) == _commands_in(GUIDES[1])
