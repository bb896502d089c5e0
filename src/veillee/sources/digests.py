"""Digest definitions: `digests/<id>/digest.yaml` -> Digest, strictly, every fault at once with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

from veillee.errors import Fault, nearest
from veillee.model.edition import Digest, Every, Mailbox, Schedule, SectionKind, Weekday
from veillee.model.post import Stream
from veillee.model.segments import Segment, SegmentError, parse_segment
from veillee.sources.definition import Definition, is_language_code, text_of
from veillee.sources.documents import read_text
from veillee.sources.marked import Mapping, Scalar, Sequence, described
from veillee.sources.yamls import load_yaml

FILE_NAME = "digest.yaml"

KNOWN_KEYS: dict[str, str] = {
    "title": "what the mail is called, in one language or in each: `{fr: ..., en: ...}`; required",
    "description": "one sentence for those who think of subscribing, in each language",
    "languages": "the languages it appears in, the first one being the one it is edited in; default: the site's",
    "schedule": '`{every: week, on: friday, at: "08:00", timezone: Europe/Paris}`; every: instant, day, week or month; '
    "required",
    "sections": "the parts of an edition in their order; default: story, announcements, questions, buzz, help, "
    "zapping, teaser; of an instant digest: announcements",
    "mix": "the weight of each stream; default: `{announcements: 1, questions: 1, buzz: 1}`",
    "items": "how many posts the streams share by the mix; default: 9",
    "minimum": "an edition that carries fewer posts does not go out; default: 3, instant: 1",
    "help": "how many unanswered questions are asked of everybody; default: 3",
    "zapping": "how many one-line items the strip has; default: 6",
    "sender": "`{name: ..., address: ...}` of the mail; default: the site's name, at the site's own host",
    "reply_to": "the address that answers go to; default: the sender",
    "subject": "the mail's subject in each language; `{title}`, `{story}`, `{date}` and `{count}` are filled in; "
    "default: `{title} · {date}`, instant: `{story}`",
    "budget_kb": "how heavy the mail may be, in kilobytes of HTML; default: 80",
    "late_days": "for how many days (1 to 366) after its time an edition may still go out; default: 7, instant: 1",
    "review": "`true`: what `veillee digest run` drafts waits until its manager has committed it; default: `false`",
    "segment": "who gets it, of those who chose it, such as `lang=fr and topic:sql`; default: all of them",
    "local_time": "`true`: each subscriber gets it at its hour in their own time zone; default: `false`",
}
"""Every key of a definition, and what it says: the reference is made from this."""

SCHEDULE_KEYS: dict[str, str] = {
    "every": "instant (as soon as there is something), day, week or month",
    "on": "the day of the week (`friday`), or of the month (1 to 28)",
    "at": 'the time of day, `"08:00"`',
    "timezone": "a name like Europe/Paris; default: the site's",
}
SENDER_KEYS: dict[str, str] = {"name": "the name that readers see", "address": "the address it comes from"}
SUBJECT_WORDS = ("title", "story", "date", "count")
DEFAULT_SECTIONS = tuple(
    SectionKind(name) for name in ("story", "announcements", "questions", "buzz", "help", "zapping", "teaser")
)

INSTANT_SECTIONS = tuple(
    SectionKind(name) for name in ("announcements", "questions", "buzz", "new_questions", "answered_questions")
)
"""What an instant digest may have: sections that are filled by what has just happened."""

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\]+\Z")
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\Z")
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")


@dataclass(frozen=True, slots=True)
class DigestRules:
    """What a definition may leave out: the site's languages (default first), time zone and sender."""

    languages: tuple[str, ...]
    timezone: ZoneInfo
    sender: Mailbox


@dataclass(frozen=True, slots=True)
class DigestsRead:
    """The definitions that can be used, sorted by id, and what is wrong with the others."""

    digests: tuple[Digest, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_digests(folder: Path, *, shown: str, rules: DigestRules) -> DigestsRead:
    """Every definition below `folder`; none where there is no such folder. Never raises for content."""
    digests: list[Digest] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob(f"*/{FILE_NAME}")):
        name = path.parent.name
        if name.startswith((".", "_")):
            continue
        found = read_digest(path, shown=f"{shown}/{name}/{FILE_NAME}", rules=rules)
        digests.extend([found] if isinstance(found, Digest) else [])
        faults.extend([] if isinstance(found, Digest) else found)
    return DigestsRead(tuple(digests), (*faults, *_misplaced(folder, shown)))


def read_digest(path: Path, *, shown: str, rules: DigestRules) -> Digest | tuple[Fault, ...]:
    """One definition, or everything that is wrong with it."""
    text = read_text(path, shown=shown)
    if isinstance(text, Fault):
        return (text,)
    read = load_yaml(text, shown=shown)
    if not isinstance(read.root, Mapping):
        example = "begin with title: and schedule:"
        return read.faults or (Fault(shown, 1, "nothing is defined here", "keys and values", example),)
    definition = Definition(read.root, shown, list(read.faults))
    digest = _digest(definition, digest_id=path.parent.name, folder=str(Path(shown).parent), rules=rules)
    return tuple(definition.faults) or digest


def _misplaced(folder: Path, shown: str) -> tuple[Fault, ...]:
    """Files that look like definitions and are none, because of where they lie or how they are called."""
    wrong = [path for path in folder.glob("*") if path.is_file() and path.suffix in (".yaml", ".yml")]
    wrong += [path for path in folder.glob("*/*.y*ml") if nearest(path.name, [FILE_NAME]) and path.name != FILE_NAME]
    todo = f"move it to {shown}/NAME/{FILE_NAME}"
    return tuple(
        Fault(f"{shown}/{path.relative_to(folder).as_posix()}", 0, "no digest is read from here", "", todo)
        for path in sorted(wrong, key=Path.as_posix)
    )


def _digest(definition: Definition, *, digest_id: str, folder: str, rules: DigestRules) -> Digest:
    definition.check_keys(KNOWN_KEYS)
    if not _ID.match(digest_id):
        allowed = "small letters, digits and dashes"
        definition.fault(0, f'the folder is called "{digest_id}"', allowed, "rename it: links and mails carry its name")
    languages = _languages(definition, rules)
    _require(definition, "title", "title: {fr: L’histoire de la semaine, en: The story of the week}")
    schedule = _schedule(definition, rules)
    is_instant = schedule.is_instant
    return Digest(
        id=digest_id,
        folder=folder,
        titles=definition.texts("title", default_lang=languages[0]) or ((languages[0], digest_id),),
        descriptions=definition.texts("description", default_lang=languages[0]),
        languages=languages,
        schedule=schedule,
        sections=_sections(definition, schedule),
        mix=_mix(definition),
        item_count=definition.whole("items", 9, least=0, most=60),
        minimum_items=definition.whole("minimum", 1 if is_instant else 3, least=0, most=60),
        help_count=definition.whole("help", 3, least=0, most=20),
        zapping_count=definition.whole("zapping", 6, least=0, most=20),
        sender=_sender(definition, rules),
        reply_to=_address(definition, "reply_to"),
        subjects=_subjects(definition, languages[0]),
        size_budget_bytes=1000 * definition.whole("budget_kb", 80, least=1, most=10_000),
        lateness_days=definition.whole("late_days", 1 if is_instant else 7, least=1, most=366),
        needs_review=definition.claim("review"),
        segment=_segment(definition),
        at_local_time=_at_local_time(definition, schedule),
    )


def _require(definition: Definition, key: str, example: str) -> None:
    if definition.mapping.get(key) is None:
        definition.fault(definition.mapping.line, f"there is no {key}", "it is required", f"add {example}")


def _languages(definition: Definition, rules: DigestRules) -> tuple[str, ...]:
    entry = definition.mapping.get("languages")
    if entry is None or (isinstance(entry.value, Scalar) and entry.value.value is None):
        return rules.languages
    items = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
    allowed = f"the site's languages are {', '.join(rules.languages)}"
    codes = []
    for item in items:
        code = (text_of(item) or "").lower()
        if not is_language_code(code):
            definition.fault(item.line, f"languages has {described(item)}", allowed, "write a list like [fr, en]")
        elif code not in rules.languages:
            todo = "take it out, or add it to VEILLEE_LANGUAGES in the settings"
            definition.fault(item.line, f'languages has "{code}"', allowed, todo)
        else:
            codes.append(code)
    return tuple(dict.fromkeys(codes)) or rules.languages


def _schedule(definition: Definition, rules: DigestRules) -> Schedule:
    example = '{every: week, on: friday, at: "08:00"}'
    _require(definition, "schedule", f"schedule: {example}")
    part = definition.part("schedule")
    if part is None:
        return Schedule(Every.WEEK, time(8), rules.timezone, Weekday.FRIDAY)
    part.check_keys(SCHEDULE_KEYS)
    _require(part, "every", "every: day, every: week, every: month or every: instant")
    every = part.choice("every", Every) or Every.WEEK
    if every is Every.INSTANT:
        for key in ("on", "at"):
            part.wrong(key, "an instant digest appears as soon as something is published", "remove it")
        return Schedule(every, time(0), _timezone(part, rules))
    return Schedule(
        every=every,
        at=_time_of_day(part),
        timezone=_timezone(part, rules),
        weekday=_weekday(part) if every is Every.WEEK else None,
        day_of_month=_day_of_month(part, every),
    )


def _sections(definition: Definition, schedule: Schedule) -> tuple[SectionKind, ...]:
    chosen = definition.words("sections", SectionKind)
    if not schedule.is_instant:
        return chosen or DEFAULT_SECTIONS
    for kind in chosen or ():
        if kind not in INSTANT_SECTIONS:
            allowed = f"an instant digest may have: {', '.join(INSTANT_SECTIONS)}"
            definition.fault(definition.line("sections"), f'sections has "{kind}"', allowed, "take it out")
    return chosen or (SectionKind.ANNOUNCEMENTS,)


def _at_local_time(definition: Definition, schedule: Schedule) -> bool:
    is_wanted = definition.claim("local_time")
    if is_wanted and schedule.is_instant:
        definition.wrong("local_time", "an instant digest appears at once, everywhere", "take the line out")
    return is_wanted


def _time_of_day(part: Definition) -> time:
    typed = part.text("at", "08:00")
    match = _TIME.match(typed)
    if not match:
        part.wrong("at", "a time of day", 'write it in quotes: at: "08:00"')
        return time(8)
    return time(int(match[1]), int(match[2]))


def _timezone(part: Definition, rules: DigestRules) -> ZoneInfo:
    typed = part.text("timezone")
    if not typed:
        return rules.timezone
    try:
        return ZoneInfo(typed)
    except (KeyError, ValueError, OSError):
        part.wrong("timezone", "a name like Europe/Paris", "see the list of tz database time zones")
        return rules.timezone


def _weekday(part: Definition) -> Weekday:
    _require(part, "on", "on: friday")
    names = {day.name.lower(): day for day in Weekday}
    typed = part.text("on", "friday").lower()
    if typed not in names:
        near = nearest(typed, names)
        part.wrong("on", f"allowed: {', '.join(names)}", f'did you mean "{near}"?' if near else "choose a day")
    return names.get(typed, Weekday.FRIDAY)


def _day_of_month(part: Definition, every: Every) -> int | None:
    if every is Every.DAY:
        part.wrong("on", "a digest that appears every day has no day", "remove the line, or write every: week")
    if every is not Every.MONTH:
        return None
    _require(part, "on", "on: 1")
    return part.whole("on", 1, least=1, most=28)


def _mix(definition: Definition) -> tuple[tuple[Stream, int], ...]:
    part = definition.part("mix")
    if part is None:
        return tuple((stream, 1) for stream in Stream)
    part.check_keys(tuple(Stream))
    mix = tuple((stream, part.whole(stream, 0, least=0, most=1000)) for stream in Stream)
    if not any(weight for _, weight in mix):
        definition.wrong("mix", "at least one stream with a weight", "write {announcements: 1, questions: 1, buzz: 1}")
    return mix


def _segment(definition: Definition) -> Segment | None:
    typed = definition.text("segment")
    if not typed:
        return None
    try:
        return parse_segment(typed)
    except SegmentError as error:
        place = f"{error.found} (character {error.column})"
        definition.wrong("segment", f"{place}; {error.allowed}", "mend it; veillee subscribers list --where tries it")
        return None


def _sender(definition: Definition, rules: DigestRules) -> Mailbox:
    part = definition.part("sender")
    if part is None:
        return rules.sender
    part.check_keys(SENDER_KEYS)
    _require(part, "address", "address: news@your.site")
    return Mailbox(part.text("name") or rules.sender.name, _address(part, "address") or rules.sender.address)


def _address(definition: Definition, key: str) -> str | None:
    typed = definition.text(key)
    if not typed:
        return None
    if not _ADDRESS.match(typed) or not typed.isprintable():
        definition.wrong(key, "an address like news@your.site", "write the address alone, without a name")
        return None
    return typed


def _subjects(definition: Definition, default_lang: str) -> tuple[tuple[str, str], ...]:
    subjects = definition.texts("subject", default_lang=default_lang)
    for _, subject in subjects:
        for word in re.findall(r"\{([^{}]*)\}", subject):
            if word not in SUBJECT_WORDS:
                known = ", ".join(f"{{{name}}}" for name in SUBJECT_WORDS)
                line = _line_holding(definition, "subject", f"{{{word}}}")
                definition.fault(line, f'subject has "{{{word}}}"', f"filled in: {known}", "mend the word in braces")
    return subjects


def _line_holding(definition: Definition, key: str, text: str) -> int:
    """The line of the language below `key` whose text holds `text`."""
    entry = definition.mapping.get(key)
    if entry is not None and isinstance(entry.value, Mapping):
        return next((one.line for one in entry.value if text in (text_of(one.value) or "")), entry.line)
    return definition.line(key)
