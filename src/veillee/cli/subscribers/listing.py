"""`veillee subscribers list`."""

from __future__ import annotations

from typing import Annotated

import typer

from veillee.cli.console import say, say_aside, say_json_list
from veillee.cli.options import JsonOption, SettingsOption
from veillee.cli.storage import load_site, opened
from veillee.cli.subscribers.choosing import WhereOption, check_digest, segment_of, states_of
from veillee.cli.words import counted
from veillee.model import Subscriber

EPILOG = """Examples: veillee subscribers list --digest weekly --lang fr,
veillee subscribers list --where "topic:sql and not domain=example.net"

Fields of --where: address, consent, digest, domain, frequency, lang, left, name, state, stream, subscribed, timezone,
topic. Signs: = and != compare, : asks whether a list has a word, dates know < <= > >=; and, or, not, brackets."""


def list_subscribers(
    lang: Annotated[str | None, typer.Option("--lang", metavar="CODE", help="Those with this language only.")] = None,
    digest: Annotated[str | None, typer.Option("--digest", metavar="NAME", help="Those who get this digest.")] = None,
    where: WhereOption = None,
    everybody: Annotated[bool, typer.Option("--all", help="Also those who get no mail: who left, paused, ...")] = False,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the subscribers who get mail, in the order in which they came."""
    from veillee.audience.exports import plain_row
    from veillee.audience.subscribers import SubscriberStore

    site = load_site(settings, now=None)
    check_digest(digest, site)
    segment = segment_of(where)
    with opened(site) as database:
        states = () if everybody else states_of(segment, everybody=False)
        found = SubscriberStore(database).every(lang=lang, digest=digest, states=states, segment=segment)
        if as_json:
            say_json_list(plain_row(one) for one in found)
            return
        count = 0
        for one in found:
            say(_line(one))
            count += 1
    say_aside(counted(count, "subscriber") + "." if count else _nobody(is_asked=bool(lang or digest or where)))


def _line(one: Subscriber) -> str:
    """`amina@example.org  Amina  fr  digests: weekly  topics: sql`"""
    chosen = {"digests": one.digests, "topics": one.topics, "streams": one.streams, "left": one.left}
    words = [
        one.address or f"(erased, number {one.id})",
        one.name,
        one.lang,
        *(f"{what}: {', '.join(names)}" for what, names in chosen.items() if names),
        f"at most every {one.frequency}" if one.frequency and one.frequency != "instant" else "",
        one.timezone,
    ]
    state = "" if one.state.value in ("active", "erased") else f"({one.state.value})"
    return "  ".join(word for word in (*words, state) if word)


def _nobody(*, is_asked: bool) -> str:
    if is_asked:
        return "Nobody. Without --lang, --digest and --where the list shows everybody."
    return "Nobody yet. Take a list in with: veillee subscribers import people.csv"
