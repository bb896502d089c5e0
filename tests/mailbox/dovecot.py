"""A real IMAP server: dovecot as a plain process on free ports, with its mail in a folder of its own.

It refuses to be root: where the tests are, it runs as nobody. The folder's path is short, for the sake of sockets.
"""

from __future__ import annotations

import grp
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import trustme

from tests.conftest import require_tool
from veillee.mailbox.places import ImapPlace

DOMAIN, PASSWORD = "veillee.example", 'a "long" pass\\word'

CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
protocols = imap
listen = 127.0.0.1
mail_location = maildir:{folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
last_valid_uid = 0
first_valid_gid = 0
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%d {folder}/passwd
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True, slots=True)
class Dovecot:
    """Where it listens. Every user of the domain is known, and has a maildir of their own."""

    plain: int
    tls: int
    mail: Path
    authority: Path

    def new_user(self) -> str:
        user = f"{secrets.token_hex(4)}@{DOMAIN}"
        for name in ("", "tmp", "new", "cur"):
            folder = self.mail / user / name
            folder.mkdir()
            self._give(folder)
        return user

    def put(self, user: str, name: str, content: bytes) -> None:
        """A message as the mail server would deliver it, into `new/`; `name` may say `cur/...` as well."""
        path = self.mail / user / (name if "/" in name else f"new/{name}")
        path.write_bytes(content)
        self._give(path)

    def place(self, user: str) -> ImapPlace:
        return ImapPlace("localhost", self.tls, user, "INBOX", True, PASSWORD, self.authority)

    def _give(self, path: Path) -> None:
        owner = self.mail.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


@contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
    require_tool(program, "dovecot")
    assert program
    runner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    with TemporaryDirectory(prefix="dovecot-") as name:
        folder = Path(name)
        server = _written(folder, runner)
        who = {"user": runner.pw_uid, "group": runner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        process = subprocess.Popen([program, "-F", "-c", str(folder / "dovecot.conf")], **who)  # type: ignore[call-overload]
        try:
            _wait_for(server.tls, process, folder)
            yield server
        finally:
            process.terminate()
            process.wait(20)


def _written(folder: Path, runner: pwd.struct_passwd) -> Dovecot:
    (folder / "mail").mkdir()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    certificate = authority.issue_cert("localhost")
    certificate.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    (folder / "passwd").write_text(f"{DOMAIN}:{{PLAIN}}{PASSWORD}::::::\n")
    plain, tls = _free_port(), _free_port()
    group = grp.getgrgid(runner.pw_gid).gr_name
    config = CONFIG.format(folder=folder, user=runner.pw_name, group=group, plain=plain, tls=tls)
    (folder / "dovecot.conf").write_text(config)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, runner.pw_uid, runner.pw_gid)
    return Dovecot(plain, tls, folder / "mail", folder / "authority.pem")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(100):
        assert process.poll() is None, (folder / "log").read_text() if (folder / "log").exists() else "dovecot ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("dovecot does not listen")
