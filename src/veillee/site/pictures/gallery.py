"""The gallery: every picture that the content names, looked at once, with the copies that pages may show.

File of the content -> what was seen in it (remembered by size and time) -> Picture, by the path that it is known at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from hashlib import blake2b
from pathlib import Path
from urllib.parse import unquote

from veillee.site.content.memory import UNSETTLED, Stamp, settled_stamp
from veillee.site.outputs.writing import write_whole
from veillee.site.pictures import pillow
from veillee.site.pictures.copies import RECIPE, Copy, Picture, plan_face, plan_picture
from veillee.site.pictures.seen import Seen
from veillee.site.workers import in_workers, worker_count

FORM = "1"
ENDINGS = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".avif", ".gif", ".svg", ".tif", ".tiff", ".bmp")
LEAST_PICTURES = 6
"""Below so many for each process, a fork costs more than it brings."""


class Gallery:
    """The pictures of one site, by their path below the content folder; `folder` is where to keep what was seen."""

    def __init__(self, content: Path, folder: Path) -> None:
        self.content = content
        self.folder = folder
        self.forms = pillow.modern_forms()
        self._known = _Known(folder / "seen.json")
        self._seen: dict[str, Seen | None] = {}
        self._asked: dict[str, tuple[str, Copy, Seen]] = {}
        self._pictures: dict[str, Picture] = {}
        self._faces: dict[str, Picture] = {}

    def look_ahead(self, targets: Iterable[str]) -> None:
        """Looks at these files, in as many processes as pay; what is no picture is left out."""
        pictures = sorted(name for name in {*targets} - self._seen.keys() if is_picture(name))
        new = [name for name in pictures if self._known.recall(self.content / name) is None]
        count = worker_count(len(new), least=LEAST_PICTURES)
        if count == 1:
            return
        for found in in_workers(count, lambda number: [_looked_at(self.content / name) for name in new[number::count]]):
            for path, stamp, seen in found or ():
                self._known.learn(path, stamp, seen)

    def seen(self, target: str) -> Seen | None:
        """What is in a file of the content; None where there is none, or where it is not even called a picture."""
        if target not in self._seen:
            self._seen[target] = self._look(self.content / target) if is_picture(target) else None
        return self._seen[target]

    def picture(self, target: str, address: str = "") -> Picture | None:
        """The picture in a file, from now on one that will be made; None where it cannot be shown.

        `address` is the path at which the file itself is served, if not its own.
        """
        address = address or target
        if address not in self._pictures:
            seen = self.seen(target)
            if seen is None or seen.trouble:
                return None
            picture = plan_picture(target, address, seen, forms=self.forms)
            self._keep(picture, target, seen, address)
        return self._pictures[address]

    def face(self, target: str, address: str = "") -> Picture | None:
        """The same for the picture of a member."""
        seen = self.seen(target)
        if seen is None or seen.trouble:
            return None
        face = self._faces[address or target] = plan_face(target, address or target, seen)
        if face.plain.form:
            self._keep(face, target, seen)
        return face

    def face_at(self, path: str) -> Picture | None:
        """The picture of a member, by the path of the file itself."""
        return self._faces.get(path)

    def at(self, path: str) -> Picture | None:
        """The picture at a path below the output folder, as addresses write it; None where it is not ours to know."""
        return self._pictures.get(path) or self._pictures.get(unquote(path))

    def made_from(self, path: str) -> tuple[str, Copy, Seen] | None:
        """How the copy at an output path is made; None where that is none."""
        return self._asked.get(path)

    def asked(self) -> Iterator[tuple[str, Copy, Seen]]:
        """Every copy that has to be made: the file that it is made of, and what was seen in that."""
        return iter(self._asked.values())

    def save(self) -> None:
        """Keeps what was seen for the next build; a folder that nobody may write to keeps nothing."""
        self._known.save()

    def _keep(self, picture: Picture, target: str, seen: Seen, *addresses: str) -> None:
        for copy in picture.copies:
            self._asked[copy.path] = target, copy, seen
        for address in (*addresses, picture.plain.path):
            self._pictures[address] = picture

    def _look(self, path: Path) -> Seen | None:
        seen = self._known.recall(path)
        if seen is None:
            try:
                path, stamp, seen = _looked_at(path)
            except OSError:
                return None
            self._known.learn(path, stamp, seen)
        return seen


def is_picture(name: str) -> bool:
    return name.lower().endswith(ENDINGS)


def _looked_at(path: Path) -> tuple[Path, Stamp, Seen]:
    """Raises OSError."""
    stamp = settled_stamp(path)
    return path, stamp, pillow.look_at(path.read_bytes())


class _Known:
    """What was seen in files, by size and times; of a file that has just been changed, by its bytes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamps: dict[str, tuple[Stamp, str]] = {}
        self._seen: dict[str, Seen] = {}
        self._used: set[str] = set()
        self._is_changed = False
        self._load()

    def recall(self, path: Path) -> Seen | None:
        try:
            stamp = settled_stamp(path)
        except OSError:
            return None
        known, digest = self._stamps.get(str(path), (UNSETTLED, ""))
        if known is UNSETTLED or stamp is UNSETTLED or known != stamp:
            if not self._seen:
                return None
            digest = blake2b(path.read_bytes(), digest_size=16).hexdigest()
            if digest in self._seen:
                self.learn(path, stamp, self._seen[digest])
        self._used.add(str(path))
        return self._seen.get(digest)

    def learn(self, path: Path, stamp: Stamp, seen: Seen) -> None:
        self._used.add(str(path))
        self._seen[seen.digest] = seen
        if self._stamps.get(str(path)) != (stamp, seen.digest):
            self._stamps[str(path)] = stamp, seen.digest
            self._is_changed = True

    def save(self) -> None:
        gone = [name for name in self._stamps if name not in self._used and not Path(name).exists()]
        if not (self._is_changed or gone):
            return
        for name in gone:
            del self._stamps[name]
        stamps = {name: (*astuple(stamp), digest) for name, (stamp, digest) in self._stamps.items()}
        digests = {digest for _, digest in self._stamps.values()}
        seen = [astuple(one) for digest, one in sorted(self._seen.items()) if digest in digests]
        content = json.dumps([_mark(), stamps, seen]).encode()
        try:
            write_whole(self._path, blake2b(content, digest_size=16).hexdigest().encode() + content)
        except OSError:
            return

    def _load(self) -> None:
        try:
            content = self._path.read_bytes()
            if blake2b(content[32:], digest_size=16).hexdigest().encode() != content[:32]:
                return
            mark, stamps, seen = json.loads(content[32:])
            if mark != _mark():
                return
            self._seen = {one[0]: Seen(*one) for one in seen}
            self._stamps = {name: (Stamp(*row[:3]), row[3]) for name, row in stamps.items()}
        except (OSError, ValueError, TypeError, LookupError):
            self._seen, self._stamps = {}, {}


def _mark() -> str:
    return f"{FORM} {RECIPE} {pillow.maker_version()}"
