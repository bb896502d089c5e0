"""Make the theme's fonts anew from the Fontsource packages; run by hand, in an environment of its own.

    npm pack @fontsource-variable/fraunces @fontsource-variable/literata @fontsource-variable/instrument-sans
    npm pack @fontsource/noto-emoji
    (unpack each tarball into FOLDER/<name>)      pip install fonttools brotli
    python scripts/make_fonts.py FOLDER theme

Each face is cut in two. The first file has what French and English are written with; it is what most readers ever
download, so it has one weight where one is used, no hints, and a plain kerning. The second has the other letters
of Europe, and is fetched where one of them stands on a page (`unicode-range` in the style sheet, printed at the end).
Spaces that French typography needs are added where they lack: one from another font would be of another width.
Emoji are for social cards alone, so that their file is not among those that sites publish.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.ttLib.tables._g_l_y_f import Glyph
from fontTools.varLib.instancer import instantiateVariableFont


@dataclass(frozen=True, slots=True)
class Face:
    """Where a face comes from, and what is kept of it."""

    package: str
    file: str
    axes: dict[str, float | tuple[float, float]]  # the range that is kept, or the one value that is used
    units: int  # in an em; a unit is less than a tenth of a pixel at the sizes that the face is used at
    kern_least: int = 20  # in thousandths of an em: what is less is not seen
    kern_step: int = 10  # the same; steps make pairs alike


FACES = {
    "fraunces": Face("fraunces", "fraunces-{}-standard-normal", {"opsz": 72, "wght": 560}, 500),
    "literata": Face("literata", "literata-{}-wght-normal", {"wght": 400}, 500, kern_step=12),
    "literata-bold": Face("literata", "literata-{}-wght-normal", {"wght": 670}, 500),
    "literata-italic": Face("literata", "literata-{}-wght-italic", {"wght": (400, 700)}, 500),
    "instrument-sans": Face(
        "instrument-sans", "instrument-sans-{}-wght-normal", {"wght": (400, 650)}, 400, kern_least=50, kern_step=25
    ),
}

FIRST = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    "ÀÂÇÈÉÊÎÔŒÙÛàâçèéêëîïôœùû"
    " !\"%&'()+,-./:;?\u00a0«·»\u2011–—‘’“”…\u202f"
)
"""What French and English newspapers are set with."""

PARTS = ("latin", "latin-ext")
"""As the packages cut their files; of the second only what Europe writes with is kept."""

NARROW = {0x202F: "narrownobreakspace", 0x2009: "thinspace"}
NARROW_EM = 0.17
NO_BREAK_HYPHEN = 0x2011


EMOJI = "noto-emoji"
EMOJI_UNITS = 256


def main(source: Path, theme: Path) -> None:
    """Write every face in its parts, and each family's licence beside it."""
    make_text_faces(source, theme / "static/fonts")
    emoji = make_emoji(TTFont(source / EMOJI / f"files/{EMOJI}-emoji-500-normal.woff2"))
    (theme / f"fonts/{EMOJI}.woff2").write_bytes(emoji)
    print(f"{EMOJI}: {len(emoji)} bytes")
    shutil.copy(source / EMOJI / "LICENSE", theme / f"fonts/{EMOJI}-OFL.txt")


def make_text_faces(source: Path, target: Path) -> None:
    first = {ord(char) for char in FIRST}
    for name, face in FACES.items():
        latin, europe = (source / face.package / "files" / f"{face.file.format(part)}.woff2" for part in PARTS)
        known = set(TTFont(latin).getBestCmap()) | set(NARROW) | {NO_BREAK_HYPHEN}
        others = {code for code in set(TTFont(europe).getBestCmap()) - known if is_of_europe(code)}
        for ending, file, codes in (
            ("", latin, known & first),
            ("-more", latin, known - first),
            ("-europe", europe, others),
        ):
            written = make_face(TTFont(file), face, codes)
            (target / f"{name}{ending}.woff2").write_bytes(written)
            print(f"{name}{ending}: {len(written)} bytes, {ranges(codes)}")
        shutil.copy(source / face.package / "LICENSE", target / f"{face.package}-OFL.txt")


def is_of_europe(code: int) -> bool:
    return code < 0x180 or 0x218 <= code <= 0x21B or 0x1E80 <= code < 0x1F00


def make_face(font: TTFont, face: Face, codes: Iterable[int]) -> bytes:
    """A face of these characters alone, as WOFF2."""
    middle = {tag: sum(value) / 2 if isinstance(value, tuple) else value for tag, value in face.axes.items()}
    still = thawed(instantiateVariableFont(thawed(font), middle))  # kerning is the same for all weights
    font = thawed(instantiateVariableFont(font, face.axes))
    add_french_spaces(font)
    font = thawed(font)
    options = Options(layout_features=[], hinting=False, glyph_names=True, name_IDs=[1, 2])
    options.drop_tables += ["STAT", "MVAR", "vhea", "vmtx", "GPOS", "GSUB", "GDEF"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    for each in (font, still):
        scale_upem(each, face.units)
    kept = set(font.getGlyphOrder())
    pairs = {pair: value for pair, value in kerning(still).items() if kept.issuperset(pair)}
    if rules := kerning_rules(
        pairs, least=face.kern_least * face.units / 1000, step=face.kern_step * face.units / 1000
    ):
        addOpenTypeFeaturesFromString(font, rules)
    font["post"].formatType = 3
    font.flavor = "woff2"
    return saved(font)


def make_emoji(font: TTFont) -> bytes:
    """Every emoji of one character; what is not there leaves no mark and takes no room."""
    font = thawed(font)
    subsetter = Subsetter(Options(layout_features=[], hinting=False, name_IDs=[1, 2], drop_tables=["GSUB", "STAT"]))
    subsetter.populate(unicodes={code for code in font.getBestCmap() if is_emoji(code)})
    subsetter.subset(font)
    font["glyf"][".notdef"], font["hmtx"][".notdef"] = Glyph(), (0, 0)
    scale_upem(font, EMOJI_UNITS)
    font["post"].formatType = 3
    font.flavor = "woff2"
    return saved(font)


def is_emoji(code: int) -> bool:
    """Neither letters and marks of text, nor half a flag, nor the colour of a skin."""
    return 0x2600 <= code < 0x2C00 or (0x1F300 <= code < 0x1FB00 and not 0x1F3FB <= code <= 0x1F3FF)


def thawed(font: TTFont) -> TTFont:
    """The same font, read anew: tables that were half read do not bear to be cut."""
    font.flavor = None
    return TTFont(io.BytesIO(saved(font)))


def saved(font: TTFont) -> bytes:
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def kerning(font: TTFont) -> dict[tuple[str, str], int]:
    """By how much each pair of glyphs is moved; the first rule that knows a pair counts."""
    if "GPOS" not in font:
        return {}
    gpos, pairs = font["GPOS"].table, {}
    features = [record.Feature for record in gpos.FeatureList.FeatureRecord if record.FeatureTag == "kern"]
    for number in sorted({number for feature in features for number in feature.LookupListIndex}):
        for table in gpos.LookupList.Lookup[number].SubTable:
            for pair, value in pairs_of(getattr(table, "ExtSubTable", table), font.getGlyphOrder()):
                pairs.setdefault(pair, value)
    return pairs


def pairs_of(table: Any, glyphs: list[str]) -> Iterator[tuple[tuple[str, str], int]]:
    if table.LookupType != 2:
        return
    for number, first in enumerate(table.Coverage.glyphs):
        if table.Format == 1:
            for record in table.PairSet[number].PairValueRecord:
                yield (first, record.SecondGlyph), getattr(record.Value1, "XAdvance", 0)
        else:
            row = table.Class1Record[table.ClassDef1.classDefs.get(first, 0)].Class2Record
            for second in glyphs:
                value = row[table.ClassDef2.classDefs.get(second, 0)].Value1
                yield (first, second), getattr(value, "XAdvance", 0)


def kerning_rules(pairs: dict[tuple[str, str], int], *, least: float, step: float) -> str:
    """A feature of classes of glyphs that move alike."""
    rows: dict[str, dict[str, int]] = defaultdict(dict)
    for (first, second), value in pairs.items():
        if abs(value) >= least:
            rows[first][second] = round(round(value / step) * step)
    columns: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for first, row in rows.items():
        for second, value in row.items():
            columns[second].append((first, value))
    lefts = alike({first: tuple(sorted(row.items())) for first, row in rows.items()})
    rights = alike({second: tuple(sorted(column)) for second, column in columns.items()})
    lines = [
        f"pos [{' '.join(left)}] [{' '.join(right)}] {rows[left[0]][right[0]]};"
        for left in lefts
        for right in rights
        if right[0] in rows[left[0]]
    ]
    return f"feature kern {{ {' '.join(lines)} }} kern;" if lines else ""


def alike(glyphs: dict[str, tuple[object, ...]]) -> list[list[str]]:
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for glyph, moves in sorted(glyphs.items()):
        groups[moves].append(glyph)
    return list(groups.values())


def add_french_spaces(font: TTFont) -> None:
    """Narrow spaces as empty glyphs; the no-break hyphen is the hyphen."""
    known = font.getBestCmap()
    for code, name in NARROW.items():
        if code not in known:
            _add_empty_glyph(font, name, width=round(NARROW_EM * font["head"].unitsPerEm))
            _map(font, code, name)
    if NO_BREAK_HYPHEN not in known and ord("-") in known:
        _map(font, NO_BREAK_HYPHEN, known[ord("-")])


def _add_empty_glyph(font: TTFont, name: str, *, width: int) -> None:
    tables = {tag: font[tag] for tag in ("glyf", "hmtx", "gvar") if tag in font}  # read before the order changes
    tables["glyf"][name] = Glyph()
    font.setGlyphOrder(tables["glyf"].glyphOrder)
    tables["hmtx"].metrics[name] = (width, 0)
    if "gvar" in tables:
        tables["gvar"].variations[name] = []
    for tag in ("HVAR", "VVAR", "vmtx", "vhea"):  # widths vary by `gvar` as well; nobody sets us vertically
        if tag in font:
            del font[tag]


def _map(font: TTFont, code: int, name: str) -> None:
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[code] = name


def ranges(codes: Iterable[int]) -> str:
    """As `unicode-range` has it."""
    runs: list[list[int]] = []
    for code in sorted(codes):
        if runs and code == runs[-1][-1] + 1:
            runs[-1][1:] = [code]
        else:
            runs.append([code])
    return ", ".join("U+" + "-".join(f"{code:X}" for code in run) for run in runs)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
