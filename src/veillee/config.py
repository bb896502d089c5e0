"""Settings, checked all at once: a mapping of `VEILLEE_...` and Pelican names -> small frozen objects.

The settings file holds assignments only; secrets come from the environment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from veillee.errors import ConfigurationError, Fault, nearest

_HOST = re.compile(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?\Z")

KNOWN: dict[str, tuple[type | tuple[type, ...], str]] = {
    "VEILLEE_LANGUAGES": ((list, tuple), "languages of the site, the default one first; default: [DEFAULT_LANG]"),
    "VEILLEE_STRICT": (bool, "unknown keys, and authors who are no members, are faults; default: False"),
    "VEILLEE_FIELDS": (dict, 'names of our keys in other people\'s files, {"title": "question"}; default: {}'),
    "VEILLEE_MARKDOWN": (str, '"auto", "comrak" or "python-markdown"; default: "auto"'),
    "VEILLEE_NOW": (str, "pretend that it is this instant, ISO 8601; default: the clock"),
    "VEILLEE_TAGLINE": ((str, dict), "one sentence under the title, or one for each language; default: none"),
    "VEILLEE_EDIT_URL": (str, "edit-this-page link, with {path}; default: no link"),
    "VEILLEE_IMAGE_HOSTS": ((list, tuple), "hosts of other sites whose pictures pages may show; default: none"),
    "VEILLEE_SOCIAL_CARDS": (bool, "a picture for each post and edition where its link is passed on; default: True"),
    "VEILLEE_COMPRESS": (bool, "write a compressed copy (.gz) beside each text file, for nginx; default: False"),
    "VEILLEE_SECURITY": (
        dict,
        'fields of security.txt, {"Contact": "mailto:...", "Expires": "2027-12-31T00:00:00Z"}; default: none',
    ),
    "VEILLEE_SEARCH": (bool, "a search page, and an index for it at each build; default: True"),
    "VEILLEE_DIGESTS": (str, 'folder of the digests; default: "digests"'),
    "VEILLEE_VAR": (str, 'folder of what is not content (subscribers, ledger); default: "var"'),
    "VEILLEE_DATABASE": (str, "SQLAlchemy URL of subscribers and ledger; default: SQLite below VEILLEE_VAR"),
    "VEILLEE_TRANSPORT": (str, '"maildir" or "smtp"; default: "maildir"'),
    "VEILLEE_MAILDIR": (str, 'where the maildir transport delivers; default: "outbox" below VEILLEE_VAR'),
    "VEILLEE_SMTP_HOST": (str, 'the relay; default: "localhost"'),
    "VEILLEE_SMTP_PORT": (int, "default: 25 plain, 587 starttls, 465 tls"),
    "VEILLEE_SMTP_SECURITY": (str, '"starttls", "tls" or "plain"; default: "starttls"'),
    "VEILLEE_SMTP_USER": (str, "default: no authentication; the password is in the environment"),
    "VEILLEE_SMTP_CA": (str, "file with the authority that signed the relay's certificate; default: the system's"),
    "VEILLEE_SMTP_CONNECTIONS": (int, "connections kept open at once; default: 5"),
    "VEILLEE_SEND_RATE": ((int, float), "messages a second at most; default: as fast as the relay takes them"),
    "VEILLEE_DOMAIN_RATES": (dict, 'messages a second by recipient domain, {"gmail.com": 5, "*": 20}; default: {}'),
    "VEILLEE_DOUBTS": (
        str,
        'what becomes of messages that may have left when a sender died: "hold", "accepted", "again"; default: "hold"',
    ),
    "VEILLEE_UNSUBSCRIBE_TO": (str, "address that reads unsubscribe requests; default: the digest's reply-to"),
    "VEILLEE_BOUNCES_TO": (str, "address that gets what comes back, by plus-addressing; default: the digest's sender"),
    "VEILLEE_MAILBOX": (
        str,
        'where both of these arrive: "maildir:var/mailbox" or "imaps://user@imap.example.org/INBOX"; default: none',
    ),
    "VEILLEE_DESK_URL": (str, "address of the desk that answers one-click unsubscribing; default: by mail only"),
    "VEILLEE_DKIM_DOMAIN": (str, "domain that signs; default: the digest's sender's"),
    "VEILLEE_DKIM_SELECTOR": (str, "name of the RSA key in the DNS; default: mails are not signed"),
    "VEILLEE_DKIM_ED25519_SELECTOR": (str, "name of an Ed25519 key in the DNS, for a second signature; default: none"),
}
"""Every setting that is ours, its type, and what it says: the reference is made from this."""

SECURITY_FIELDS = (
    "Contact", "Expires", "Encryption", "Acknowledgments", "Preferred-Languages", "Canonical", "Policy", "Hiring",
    "CSAF",
)  # fmt: skip
"""Of security.txt, by RFC 9116 and its registry."""

SECRETS: dict[str, str] = {
    "VEILLEE_SMTP_PASSWORD": "password of VEILLEE_SMTP_USER",
    "VEILLEE_MAILBOX_PASSWORD": "password of the user that VEILLEE_MAILBOX names",
    "VEILLEE_DKIM_KEY": "private RSA key (2048 bits), as PEM or as the path of a PEM file",
    "VEILLEE_DKIM_ED25519_KEY": "private Ed25519 key, as PEM or as the path of a PEM file",
    "VEILLEE_SECRET": "key of message ids and tokens; default: made once, in the var folder",
    "VEILLEE_SECRET_PAST": "keys used before it, still believed, between spaces or commas",
}
"""What comes from the environment, never from a file in git."""


@dataclass(frozen=True, slots=True)
class DkimSettings:
    """How mail is signed. A key is PEM, or the path of a PEM file; without a selector that key does not sign."""

    domain: str | None = None
    selector: str | None = None
    key: str | None = field(repr=False, default=None)
    ed25519_selector: str | None = None
    ed25519_key: str | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How mail leaves, and what comes back. `port` None means the usual one for `security`; rates are messages/s."""

    transport: str
    maildir: Path
    host: str
    port: int | None
    security: str
    user: str | None
    password: str | None = field(repr=False)
    unsubscribe_to: str | None = None
    bounces_to: str | None = None
    mailbox: str | None = None
    mailbox_password: str | None = field(repr=False, default=None)
    desk_url: str | None = None
    authority: Path | None = None
    connections: int = 5
    rate: float | None = None
    domain_rates: tuple[tuple[str, float], ...] = ()
    doubts: str = "hold"
    dkim: DkimSettings = field(default_factory=DkimSettings)


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What the parts beyond Pelican need to know. Paths are absolute; `url` has no slash at its end.

    `now` is None where the clock decides.
    """

    root: Path
    content: Path
    output: Path
    digests: Path
    var: Path
    database: str
    title: str
    url: str
    languages: tuple[str, ...]
    timezone: ZoneInfo
    is_strict: bool
    fields: tuple[tuple[str, str], ...]
    markdown: str
    edit_url: str | None
    taglines: tuple[tuple[str, str], ...]
    now: datetime | None
    mail: MailSettings
    image_hosts: tuple[str, ...] = ()
    is_compressed: bool = False
    has_social_cards: bool = True
    security: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    secret: str | None = field(repr=False, default=None)
    past_secrets: str | None = field(repr=False, default=None)
    settings_file: str = "pelicanconf.py"  # as messages name it
    has_search: bool = True


def site_settings(settings: Mapping[str, Any], *, root: Path, environ: Mapping[str, str] = os.environ) -> SiteSettings:
    """Checked settings from what the settings file holds; `root` is that file's folder.

    Raises ConfigurationError with every fault found.
    """
    settings_file = str(settings.get("_VEILLEE_FILE", "pelicanconf.py"))
    checker = _Checker(settings, place=settings_file)
    checker.check_names_and_types()
    default_lang = str(settings.get("DEFAULT_LANG", "en"))
    var = root / checker.text("VEILLEE_VAR", "var")
    result = SiteSettings(
        root=root,
        content=Path(settings.get("PATH", root / "content")).absolute(),
        output=Path(settings.get("OUTPUT_PATH", root / "output")).absolute(),
        digests=root / checker.text("VEILLEE_DIGESTS", "digests"),
        var=var,
        database=checker.text("VEILLEE_DATABASE", f"sqlite:///{var / 'veillee.sqlite3'}"),
        title=str(settings.get("SITENAME", "")),
        url=checker.site_url(),
        languages=_languages(settings.get("VEILLEE_LANGUAGES"), default_lang),
        timezone=checker.timezone(),
        is_strict=bool(settings.get("VEILLEE_STRICT", False)),
        fields=tuple(sorted(dict(settings.get("VEILLEE_FIELDS") or {}).items())),
        markdown=checker.choice("VEILLEE_MARKDOWN", "auto", ("auto", "comrak", "python-markdown")),
        edit_url=settings.get("VEILLEE_EDIT_URL"),
        taglines=_by_language(settings.get("VEILLEE_TAGLINE"), default_lang),
        now=checker.now(),
        mail=_mail_settings(checker, settings, root=root, var=var, environ=environ),
        image_hosts=checker.hosts("VEILLEE_IMAGE_HOSTS"),
        has_social_cards=bool(settings.get("VEILLEE_SOCIAL_CARDS", True)),
        is_compressed=bool(settings.get("VEILLEE_COMPRESS", False)),
        security=checker.security(),
        secret=environ.get("VEILLEE_SECRET"),
        past_secrets=environ.get("VEILLEE_SECRET_PAST"),
        settings_file=settings_file,
        has_search=settings.get("VEILLEE_SEARCH") is not False,
    )
    if checker.faults:
        raise ConfigurationError(faults=checker.faults)
    return result


def _mail_settings(
    checker: _Checker, settings: Mapping[str, Any], *, root: Path, var: Path, environ: Mapping[str, str]
) -> MailSettings:
    maildir = settings.get("VEILLEE_MAILDIR")
    authority = settings.get("VEILLEE_SMTP_CA")
    return MailSettings(
        transport=checker.choice("VEILLEE_TRANSPORT", "maildir", ("maildir", "smtp")),
        maildir=root / str(maildir) if maildir else var / "outbox",
        host=checker.text("VEILLEE_SMTP_HOST", "localhost"),
        port=settings.get("VEILLEE_SMTP_PORT"),
        security=checker.choice("VEILLEE_SMTP_SECURITY", "starttls", ("starttls", "tls", "plain")),
        user=settings.get("VEILLEE_SMTP_USER"),
        password=environ.get("VEILLEE_SMTP_PASSWORD"),
        unsubscribe_to=settings.get("VEILLEE_UNSUBSCRIBE_TO"),
        bounces_to=settings.get("VEILLEE_BOUNCES_TO"),
        mailbox=settings.get("VEILLEE_MAILBOX"),
        mailbox_password=environ.get("VEILLEE_MAILBOX_PASSWORD"),
        desk_url=checker.url("VEILLEE_DESK_URL") or None,
        authority=root / str(authority) if authority else None,
        connections=checker.whole("VEILLEE_SMTP_CONNECTIONS", 5, least=1, most=100),
        rate=checker.rate("VEILLEE_SEND_RATE", settings.get("VEILLEE_SEND_RATE")),
        domain_rates=checker.domain_rates(),
        doubts=checker.choice("VEILLEE_DOUBTS", "hold", ("hold", "accepted", "again")),
        dkim=DkimSettings(
            domain=settings.get("VEILLEE_DKIM_DOMAIN"),
            selector=settings.get("VEILLEE_DKIM_SELECTOR"),
            key=environ.get("VEILLEE_DKIM_KEY"),
            ed25519_selector=settings.get("VEILLEE_DKIM_ED25519_SELECTOR"),
            ed25519_key=environ.get("VEILLEE_DKIM_ED25519_KEY"),
        ),
    )


class _Checker:
    """Looks at settings one by one and remembers every fault."""

    def __init__(self, settings: Mapping[str, Any], *, place: str) -> None:
        self.settings = settings
        self.place = place
        self.faults: list[Fault] = []

    def check_names_and_types(self) -> None:
        for name, value in self.settings.items():
            if not name.startswith("VEILLEE_"):
                continue
            if name in SECRETS:
                self._fault(f"{name} is a secret", "secrets come from the environment", "remove it from the file")
            elif name not in KNOWN:
                near = nearest(name, (known.lower() for known in KNOWN))
                todo = f"did you mean {near.upper()}?" if near else "remove it"
                self._fault(f"unknown setting {name}", "", todo)
            elif value is not None and not isinstance(value, KNOWN[name][0]):
                self._fault(f"{name} is {value!r}", KNOWN[name][1], "mend the value")

    def text(self, name: str, default: str) -> str:
        value = self.settings.get(name)
        return default if value is None else str(value)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            self._fault(f'{name} is "{value}"', f"allowed: {', '.join(allowed)}", "choose one of them")
        return value

    def site_url(self) -> str:
        return self.url("SITEURL")

    def url(self, name: str) -> str:
        url = str(self.settings.get(name) or "").rstrip("/")
        if url and urlsplit(url).scheme not in ("http", "https"):
            self._fault(f'{name} is "{url}"', "an absolute http or https address", "write https://your.site")
        return url

    def whole(self, name: str, default: int, *, least: int, most: int) -> int:
        value = self.settings.get(name)
        if value is None:
            return default
        if not isinstance(value, int) or not least <= value <= most:
            self._fault(f"{name} is {value!r}", f"a whole number from {least} to {most}", "mend the number")
            return default
        return value

    def rate(self, name: str, value: Any) -> float | None:
        """Messages a second; None means no limit."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            self._fault(f"{name} has the rate {value!r}", "messages a second, more than 0", "mend the number")
            return None
        return float(value)

    def domain_rates(self) -> tuple[tuple[str, float], ...]:
        """(domain in lower case, messages a second) pairs; `*` is every domain that has no rate of its own."""
        typed = self.settings.get("VEILLEE_DOMAIN_RATES")
        if not isinstance(typed, Mapping):
            return ()
        checked = ((str(name).lower(), self.rate("VEILLEE_DOMAIN_RATES", value)) for name, value in typed.items())
        return tuple(sorted((name, rate) for name, rate in checked if rate is not None))

    def timezone(self) -> ZoneInfo:
        name = str(self.settings.get("TIMEZONE", "UTC"))
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            self._fault(f'TIMEZONE is "{name}"', "a name like Europe/Paris", "see the list of tz database zones")
            return ZoneInfo("UTC")

    def hosts(self, name: str) -> tuple[str, ...]:
        """Names of hosts, without scheme and path; `*.example.org` stands for all below it."""
        typed = self.settings.get(name)
        hosts = tuple(str(host).lower() for host in typed) if isinstance(typed, list | tuple) else ()
        for host in hosts:
            if not _HOST.match(host):
                self._fault(f"{name} has {host!r}", "the name of a host such as images.example.org", "mend the name")
        return hosts

    def security(self) -> tuple[tuple[str, str | tuple[str, ...]], ...]:
        """The fields of security.txt; RFC 9116 section 2.5 asks for a contact and an end."""
        typed = self.settings.get("VEILLEE_SECURITY")
        if not isinstance(typed, Mapping) or not typed:
            return ()
        fields = {
            str(name): value if isinstance(value, str) else tuple(map(str, value)) for name, value in typed.items()
        }
        unknown = sorted(fields.keys() - set(SECURITY_FIELDS))
        broken = [name for name, value in fields.items() if any(char in "\r\n" for char in "".join(value))]
        if unknown:
            self._fault(
                f"VEILLEE_SECURITY has {unknown[0]!r}", f"allowed: {', '.join(SECURITY_FIELDS)}", "mend the name"
            )
        elif broken:
            self._fault(
                f"VEILLEE_SECURITY has several lines in {broken[0]!r}", "one line each, or a list", "mend the value"
            )
        elif missing := [name for name in ("Contact", "Expires") if not fields.get(name)]:
            self._fault(f"VEILLEE_SECURITY has no {missing[0]}", "Contact and Expires", f"write {missing[0]} too")
        elif not _is_instant(fields["Expires"]):
            self._fault(
                f"VEILLEE_SECURITY expires on {fields['Expires']!r}", "an instant", "write it like 2027-12-31T00:00:00Z"
            )
        return tuple(sorted(fields.items()))

    def now(self) -> datetime | None:
        value = self.settings.get("VEILLEE_NOW")
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self._fault(f'VEILLEE_NOW is "{value}"', "an instant like 2026-11-20T08:00", "mend the value")
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=self.timezone())

    def _fault(self, found: str, allowed: str, todo: str) -> None:
        self.faults.append(Fault(self.place, self._line_of(found), found, allowed, todo))

    def _line_of(self, found: str) -> int:
        """The line of the settings file that assigns the name which `found` speaks of; 0 where none does."""
        path = Path(self.place)
        if not path.is_file():
            return 0
        names = [word for word in found.split() if word.isupper()]
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if any(line.startswith(name) for name in names):
                return number
        return 0


def _is_instant(value: object) -> bool:
    try:
        return datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        return False


def _languages(value: Any, default_lang: str) -> tuple[str, ...]:
    languages = [str(lang).lower() for lang in value or ()]
    return tuple(dict.fromkeys([default_lang.lower(), *languages]))


def _by_language(value: Any, default_lang: str) -> tuple[tuple[str, str], ...]:
    if not value:
        return ()
    if isinstance(value, Mapping):
        return tuple((str(lang), str(text)) for lang, text in value.items())
    return ((default_lang, str(value)),)
