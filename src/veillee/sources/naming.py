"""Which key of a record means which field of ours: other programs' names, the site's own mapping, slips."""

from __future__ import annotations

from dataclasses import dataclass, field

from veillee.errors import Fault
from veillee.shown import shortened
from veillee.sources.marked import Entry, Mapping, plain
from veillee.sources.post_keys import POST_KEYS, SWITCHES, Key, slip_of, squeezed, suggestion


@dataclass(frozen=True, slots=True)
class NamedFields:
    """The entries of a record under our names, and the plain values of all others under theirs."""

    entries: dict[str, Entry]
    extra: dict[str, object]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What a record's keys mean. `mapped` are (our key, their key) pairs that win over everything else; `others`
    are names of other programs that are read into our fields by hand.
    """

    keys: tuple[Key, ...]
    mapped: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()
    _ranks: dict[str, tuple[str, int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Each name, as compared -> our key and how far it stands behind other names of it."""
        ranks = {squeezed(name): (name, 0) for name in self.others}
        for key in self.keys:
            ranks.update({squeezed(name): (key.name, rank) for rank, name in enumerate((key.name, *key.also))})
        ranks.update({squeezed(theirs): (ours, -1) for ours, theirs in self.mapped})
        object.__setattr__(self, "_ranks", ranks)

    def meaning_of(self, key: str) -> str:
        """Our key for what somebody typed, empty where it is none of ours."""
        return self._ranks.get(squeezed(key), ("", 0))[0]

    def sort_out(self, record: Mapping, *, shown: str, is_strict: bool) -> NamedFields:
        """The record's entries by what they mean; slips are faults, and unknown keys too where `is_strict`."""
        best: dict[str, tuple[int, Entry]] = {}
        extra: dict[str, object] = {}
        faults: list[Fault] = []
        for entry in record:
            known = self._ranks.get(squeezed(entry.key))
            if known is None:
                extra[entry.key] = plain(entry.value)
                faults.extend(self._unknown(entry, shown, is_strict=is_strict))
                continue
            name, rank = known
            other = best.get(name)
            if other and other[0] == rank:
                faults.append(_repeated(entry, other[1], shown))
            elif other and other[0] < rank:
                extra[entry.key] = plain(entry.value)
            else:
                if other:
                    extra[other[1].key] = plain(other[1].value)
                best[name] = rank, entry
        return NamedFields({name: entry for name, (_, entry) in best.items()}, extra, tuple(faults))

    def _unknown(self, entry: Entry, shown: str, *, is_strict: bool) -> list[Fault]:
        names = tuple(key.name for key in self.keys)
        typed = shortened(entry.key, 40)
        slip = slip_of(entry.key, names)
        if slip:
            return [
                Fault(
                    shown,
                    entry.line,
                    f'unknown key "{typed}"',
                    f'our key is "{slip}"',
                    "correct the spelling, or remove the line",
                )
            ]
        if is_strict:
            allowed = f"known keys: {', '.join(names)}"
            return [Fault(shown, entry.line, f'unknown key "{typed}"', allowed, suggestion(entry.key, names))]
        return []


def _repeated(entry: Entry, first: Entry, shown: str) -> Fault:
    found = f'"{shortened(entry.key, 40)}" means the same as "{shortened(first.key, 40)}" in line {first.line}'
    return Fault(shown, entry.line, found, "each key once", "remove one of the two")


def post_names(mapped: tuple[tuple[str, str], ...]) -> Names:
    """What the keys of a post mean, with the site's own names."""
    return Names(POST_KEYS, mapped, SWITCHES)
