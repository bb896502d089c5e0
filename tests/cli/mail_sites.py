"""A site with an edition that is due and some subscribers, and the commands run in it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.cli.stock_sites import NOW, write_stock_site
from veillee.cli.main import app
from veillee.errors import VeilleeError

PEOPLE = """\
address;nom;langue
amina@example.org;Amina Diallo;fr
zoe.b@bücher.example;"Zoë ""la luciole"" Blanc";fr
omar@example.net;عمر;en
"""
BILINGUAL = 'VEILLEE_LANGUAGES = ["en", "fr"]\n'


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command said and how it ended, as the shell sees it."""

    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class MailSite:
    """A site in a folder; commands run there at the demonstration's instant."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, now: str | None = NOW) -> Ran:
        when = ("--now", now) if now else ()
        result = CliRunner().invoke(app, [*arguments, *when])
        if isinstance(result.exception, VeilleeError):
            said = result.stderr + result.exception.message
            return Ran(result.exception.exit_code, result.stdout, said)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    def ok(self, *arguments: str, now: str | None = NOW) -> Ran:
        ran = self.run(*arguments, now=now)
        assert ran.exit_code == 0, ran
        return ran

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def settings(self, text: str) -> None:
        path = self.folder / "pelicanconf.py"
        path.write_text(path.read_text() + text)

    def mails(self) -> list[EmailMessage]:
        folder = self.folder / "var" / "outbox" / "new"
        found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*"))]
        return [mail for mail in found if isinstance(mail, EmailMessage)]

    def recipients(self) -> Counter[str]:
        return Counter(mail["To"].addresses[0].addr_spec for mail in self.mails())


@pytest.fixture
def bare_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MailSite:
    """A stock Pelican site with our plugin, and nothing else of ours."""
    folder = write_stock_site(tmp_path / "site")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("VEILLEE_SECRET", raising=False)
    return MailSite(folder)


@pytest.fixture
def mail_site(bare_site: MailSite) -> MailSite:
    """The same in two languages, with an edition that is due and three subscribers."""
    bare_site.settings(BILINGUAL)
    bare_site.ok("subscribers", "import", bare_site.write("people.csv", PEOPLE))
    bare_site.ok("digest", "draft", "weekly", "--edition", "2026-W47")
    return bare_site
