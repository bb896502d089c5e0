"""An edition as a command sends it: settings and content -> what to freeze, or why it may not go out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from veillee.cli.digest.reading import read_site_and_digests
from veillee.config import SiteSettings
from veillee.delivery.ledger.freezing import MakeVariant
from veillee.delivery.message.composing import address_of, make_stencil
from veillee.delivery.plan import EditionPlan, PlannedDelivery, PlannedVariant, plan_deliveries, plan_edition
from veillee.editorial.choices import Chooser, part_of
from veillee.errors import ContentError, DeliveryError, Fault, UsageError
from veillee.model import Community, Digest, Edition, Mailbox, Subscriber, Variant
from veillee.render.newsletter import render_variant
from veillee.site.editions import EditionsRead, compose_language
from veillee.site.reading import CopyOf, no_copy
from veillee.sources.newsletters import read_templates


@dataclass(frozen=True, slots=True)
class Mailing:
    """An edition of a site, and the community that it speaks of; `faults` are those of posts elsewhere."""

    site: SiteSettings
    community: Community
    digest: Digest
    edition: Edition
    faults: tuple[Fault, ...]
    copy_of: CopyOf = no_copy

    @property
    def now(self) -> datetime:
        """When it is sent: also the Date of every message."""
        return self.community.now

    @property
    def is_to_come(self) -> bool:
        """Whether its time has not come yet."""
        return self.now < self.edition.period_end

    @property
    def unsubscribe_to(self) -> str:
        """The address that reads who wants to leave."""
        return self.site.mail.unsubscribe_to or self.digest.reply_to or self.digest.sender.address

    def clock(self) -> datetime:
        return self.site.now or datetime.now(UTC)


def open_mailing(
    digest_id: str, edition_id: str | None, *, settings: Path | None, now: str | None, may_wait: bool = False
) -> Mailing:
    """The edition with this name, or the newest one whose time has come.

    Where none is due, the newest one that is still to come with `may_wait`, else UsageError.
    """
    reading, read = read_site_and_digests(settings, now=now)
    digest = read.digest(digest_id)
    edition = _chosen(read, digest, edition_id, reading.community.now, may_wait=may_wait)
    return Mailing(reading.settings, reading.community, digest, edition, reading.faults, reading.copy_of)


def check_may_go_out(mailing: Mailing, *, is_late_allowed: bool) -> None:
    """Raises what keeps the edition from going out now: its time, its size, or who should get it."""
    digest, edition = mailing.digest, mailing.edition
    name = f"{digest.id} {edition.id}"
    if mailing.is_to_come:
        raise DeliveryError(f"{name} is due on {due_date(digest, edition)}; send it then")
    late = mailing.now - edition.period_end
    if late > timedelta(days=digest.lateness_days) and not is_late_allowed:
        raise DeliveryError(
            f"{name} is {late.days} days late, and may be {digest.lateness_days}: was it sent from another machine, "
            "or is this an old copy? If it must go out all the same, add --late"
        )
    if edition.news_count < digest.minimum_items:
        found = f"the edition carries {edition.news_count} posts"
        todo = f"add some, or lower minimum: in {digest.folder}/digest.yaml"
        raise ContentError(faults=[Fault(edition.source, 0, found, f"at least {digest.minimum_items}", todo)])


def due_date(digest: Digest, edition: Edition) -> str:
    """When an edition goes out, at the hour of its digest."""
    return f"{edition.period_end.astimezone(digest.schedule.timezone):%Y-%m-%d at %H:%M}"


def render_variants(mailing: Mailing, *, allow_heavy: bool = False) -> tuple[Variant, ...]:
    """The whole edition rendered in each language of its digest."""
    render = variant_renderer(mailing, allow_heavy=allow_heavy)
    return tuple(render(lang, None) for lang in mailing.digest.languages)


def variant_renderer(mailing: Mailing, *, allow_heavy: bool = False) -> Callable[[str, frozenset[str] | None], Variant]:
    """Renders the edition in a language, with these posts of it alone (None: all of them)."""
    templates = read_templates(Path(mailing.digest.folder))

    def render(lang: str, post_ids: frozenset[str] | None) -> Variant:
        edition = mailing.edition if post_ids is None else part_of(mailing.edition, post_ids)
        whole_or_part = compose_language(edition, mailing.digest, mailing.community, lang=lang)
        composed = replace(whole_or_part, is_part=post_ids is not None)
        return render_variant(composed, community=mailing.community, templates=templates, allow_heavy=allow_heavy)

    return render


def make_plan(mailing: Mailing) -> EditionPlan:
    """What is frozen of the edition beside its variants and its recipients."""
    leave = address_of(Mailbox("", mailing.unsubscribe_to), what="address for leaving (VEILLEE_UNSUBSCRIBE_TO)")
    return plan_edition(mailing.edition, mailing.digest, unsubscribe_to=leave.wire)


def variant_maker(mailing: Mailing) -> MakeVariant:
    """Makes a variant as it will be sent."""
    render = variant_renderer(mailing)

    def make(lang: str, post_ids: frozenset[str] | None) -> PlannedVariant:
        variant = render(lang, post_ids)
        return PlannedVariant(lang, variant.subject, make_stencil(variant, digest=mailing.digest, date=mailing.now))

    return make


def deliveries_of(mailing: Mailing, subscribers: Iterable[Subscriber], *, key: bytes) -> Iterator[PlannedDelivery]:
    """One delivery for each of these who gets the edition."""
    choose = Chooser(mailing.edition, mailing.community).choose
    return plan_deliveries(subscribers, mailing.digest, mailing.edition, key=key, choose=choose)


def _chosen(read: EditionsRead, digest: Digest, edition_id: str | None, now: datetime, *, may_wait: bool) -> Edition:
    due = [edition for edition in read.editions_of(digest.id) if edition.period_end <= now]
    if edition_id is not None or not due:
        newest = read.edition(digest.id, edition_id)
        if edition_id is None and not may_wait:
            what = f"no edition of {digest.id} is due yet; {newest.id} will be on {due_date(digest, newest)}"
            raise UsageError(f"{what}; to see who will get it: veillee digest send {digest.id} --dry-run")
        return newest
    broken = [fault for fault in read.faults if Path(fault.path).parent.parent.name == digest.id]
    if broken:  # the newest one may be among them
        raise ContentError(faults=broken)
    return due[-1]
