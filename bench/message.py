"""What a message costs: filling, hashing and signing by the press, against EmailMessage and dkimpy, in one run.

Run `python bench/message.py`; it takes the demonstration's newest weekly edition, and prints microseconds for each
message, ratios, and what `openssl speed` reaches on the same core. `--json` prints the same for a program.
"""

from __future__ import annotations

import email.policy
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dkim
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from veillee.cli.digest.mailing import Mailing, open_mailing, render_variants
from veillee.delivery.message.composing import make_stencil
from veillee.delivery.message.dkim_keys import KeyKind, Signer, read_signer, write_new_key
from veillee.delivery.message.filling import Filling
from veillee.delivery.message.press import MessagePress
from veillee.delivery.message.stencil import Stencil
from veillee.model import Token, Variant

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 1.0
NAMES = ("Amina Benali", "Zoé Ång", "", 'Ann "the boss" O’Neil, Jr.', "Jean-Pierre", "अमीना शर्मा")
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


def main() -> int:
    mailing = open_mailing("weekly", None, settings=ROOT / "pelicanconf.py", now="2026-11-27T09:00", may_wait=True)
    variant = render_variants(mailing)[0]
    figures = measured(mailing, variant)
    figures["openssl"] = openssl_speed()
    print(json.dumps(figures, indent=2) if "--json" in sys.argv else told(figures))
    return 0


def measured(mailing: Mailing, variant: Variant) -> dict[str, Any]:
    """Microseconds a message by what was done, and its bytes."""
    stencil = make_stencil(variant, digest=mailing.digest, date=NOW)
    rsa, ed25519 = a_signer(KeyKind.RSA), a_signer(KeyKind.ED25519)
    rsa_pem = pem_of(rsa)
    presses = {
        "press, unsigned": MessagePress(stencil, signed_at=NOW),
        "press, unsigned, in base64": MessagePress(in_hindi(variant, mailing), signed_at=NOW),
        "press, Ed25519": MessagePress(stencil, (ed25519,), signed_at=NOW),
        "press, RSA-2048": MessagePress(stencil, (rsa,), signed_at=NOW),
        "press, RSA-2048 and Ed25519": MessagePress(stencil, (rsa, ed25519), signed_at=NOW),
    }
    values = list(islice(cycle(values_of_recipients()), 60))
    fillings = cycle([Filling(**one) for one in values])
    endless = cycle(values)
    times = {
        "filling, with its headers": microseconds(lambda: Filling(**next(endless))),
        **{name: microseconds(lambda press=press: press.message(next(fillings))) for name, press in presses.items()},
        "RSA-2048 signature alone": microseconds(lambda: rsa.sign(b"x" * 32)),
        "Ed25519 signature alone": microseconds(lambda: ed25519.sign(b"x" * 32)),
        "EmailMessage, unsigned": microseconds(lambda: naive(variant, mailing, next(fillings))),
        "EmailMessage and dkimpy, RSA-2048": microseconds(
            lambda: naive_signed(variant, mailing, next(fillings), rsa_pem)
        ),
    }
    return {"bytes": len(presses["press, RSA-2048"].message(next(fillings))), "us": times}


def in_hindi(variant: Variant, mailing: Mailing) -> Stencil:
    """As many bytes in a script for which both parts are in base64, with the same holes."""
    letter = "\u0917"
    text, html = (
        tuple(part if isinstance(part, Token) else letter * (len(part) // 4) + "\n" for part in parts)
        for parts in (variant.text, variant.html)
    )
    return make_stencil(replace(variant, text=text, html=html), digest=mailing.digest, date=NOW)


def values_of_recipients() -> list[dict[str, str]]:
    tokens = [f"v1.{number}.weekly.{number:032x}" for number in range(len(NAMES))]
    return [
        {
            "name": name,
            "address": f"reader{len(token)}@example.org",
            "message_id": f"<{token[-32:]}01234567@veillee.example>",
            "unsubscribe_mailto": f"mailto:leave@veillee.example?subject=unsubscribe%20{token}",
            "unsubscribe_https": f"https://desk.veillee.example/leave/{token}",
        }
        for name, token in zip(NAMES, tokens, strict=True)
    ]


def a_filling() -> Filling:
    """One recipient's values, as long as they usually are."""
    return Filling(**values_of_recipients()[0])


def naive(variant: Variant, mailing: Mailing, filling: Filling) -> bytes:
    """The plain way: a message object for each recipient, from the texts that were rendered once."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = f"{mailing.digest.sender.name} <{mailing.digest.sender.address}>"
    message["To"] = email.utils.formataddr((filling.name, filling.address))
    message["Subject"] = variant.subject
    message["Date"] = NOW
    message["Message-ID"] = filling.message_id
    message["List-Unsubscribe"] = f"<{filling.unsubscribe_https}>, <{filling.unsubscribe_mailto}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(joined(variant.text, filling))
    message.add_alternative(joined(variant.html, filling), subtype="html")
    return message.as_bytes()


def naive_signed(variant: Variant, mailing: Mailing, filling: Filling, pem: bytes) -> bytes:
    message = naive(variant, mailing, filling)
    return dkim.sign(message, b"s1", b"veillee.example", pem, canonicalize=(b"relaxed", b"simple")) + message


def joined(parts: tuple[str | Token, ...], filling: Filling) -> str:
    return "".join(filling.value(part) if isinstance(part, Token) else part for part in parts)


def a_signer(kind: KeyKind) -> Signer:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "key.pem"
        write_new_key(path, kind)
        return read_signer(path, kind=kind, domain="veillee.example", selector="s1")


def pem_of(signer: Signer) -> bytes:
    return signer.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def microseconds(act: Callable[[], object]) -> float:
    """Of the fastest of several rounds: the machine may have other things to do."""
    act()
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS / 10:
        act()
        count += 1
    rounds = []
    for _ in range(10):
        start = time.perf_counter()
        for _ in range(count):
            act()
        rounds.append((time.perf_counter() - start) / count)
    return round(min(rounds) * 1e6, 2)


def openssl_speed() -> dict[str, float]:
    """Microseconds a signature; empty where there is no openssl."""
    try:
        said = subprocess.run(
            ["openssl", "speed", "-seconds", "1", "rsa2048", "ed25519"],  # noqa: S607 - whichever is installed
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return {}
    rates = {
        "rsa2048": re.search(r"^rsa +2048 bits .*?s .*?s +([0-9.]+)", said, re.MULTILINE),
        "ed25519": re.search(r"Ed25519\) .*?s .*?s +([0-9.]+)", said),
    }
    return {name: round(1e6 / float(rate[1]), 2) for name, rate in rates.items() if rate}


def told(figures: dict[str, Any]) -> str:
    times, openssl = figures["us"], figures["openssl"]
    plain = times["EmailMessage and dkimpy, RSA-2048"]
    lines = [f"A message of {figures['bytes']:,} bytes, microseconds each:"]
    lines += [f"  {name:34}{value:>10,.2f}{1e6 / value:>12,.0f}/s" for name, value in times.items()]
    lines += [
        f"  {'openssl speed, ' + name:34}{value:>10,.2f}{1e6 / value:>12,.0f}/s" for name, value in openssl.items()
    ]
    lines.append(f"Against EmailMessage and dkimpy: {plain / times['press, RSA-2048']:.1f} times with RSA-2048,")
    lines.append(f"  {plain / times['press, Ed25519']:.1f} times with Ed25519.")
    for name, press in (("rsa2048", "press, RSA-2048"), ("ed25519", "press, Ed25519")):
        if name in openssl:
            lines.append(f"Of what openssl reaches with {name}: {openssl[name] / times[press]:.0%}.")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
