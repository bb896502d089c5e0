"""What the commands about subscribers share: which digests there are, a segment, an address, keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from veillee.errors import UsageError

if TYPE_CHECKING:
    from veillee.config import SiteSettings
    from veillee.keys import Keys
    from veillee.model import SubscriberState
    from veillee.model.address import Address
    from veillee.model.segments import Segment

WhereOption = Annotated[
    str | None,
    typer.Option("--where", metavar="SEGMENT", help='Only these, such as "lang=fr and topic:sql".', show_default=False),
]


def digest_ids(site: SiteSettings) -> tuple[str, ...]:
    """The names of the digests that somebody may choose."""
    from veillee.shipped import digests_folder

    for folder in (site.digests, digests_folder()):
        if names := tuple(sorted(path.parent.name for path in folder.glob("*/digest.yaml"))):
            return names
    return ()


def check_digest(digest: str | None, site: SiteSettings) -> None:
    known = digest_ids(site)
    if digest is not None and digest not in known:
        raise UsageError(f'there is no digest "{digest}"; there are: {", ".join(known) or "none"}')


def segment_of(where: str | None) -> Segment | None:
    """The segment that was typed; raises UsageError, which points at what is wrong."""
    from veillee.model.segments import SegmentError, parse_segment

    if where is None:
        return None
    try:
        return parse_segment(where)
    except SegmentError as error:
        raise UsageError(f"--where: {error}") from error


def states_of(segment: Segment | None, *, everybody: bool) -> tuple[SubscriberState, ...]:
    """Those who get mail; all but who was erased where everybody is asked for, or the segment says which it means."""
    from veillee.model import SubscriberState
    from veillee.model.segments import speaks_of

    if everybody or (segment is not None and speaks_of(segment, "state")):
        return tuple(one for one in SubscriberState if one is not SubscriberState.ERASED)
    return (SubscriberState.ACTIVE,)


def checked_address(typed: str) -> Address:
    from veillee.model.address import AddressError, parse_address

    try:
        return parse_address(typed)
    except AddressError as error:
        raise UsageError(f'"{typed}" is not an address: {error}') from error


def keys_of(site: SiteSettings) -> Keys:
    from veillee.keys import load_keys

    return load_keys(site.var, given=site.secret, past=site.past_secrets)


def unknown(address: str) -> UsageError:
    return UsageError(f"{address} is no subscriber; see them all with: veillee subscribers list --all")
