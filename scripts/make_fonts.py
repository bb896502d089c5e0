"""Make the theme's fonts anew from the Fontsource packages; run by hand, in an environment of its own.

    npm pack @fontsource-variable/fraunces @fontsource-variable/literata @fontsource-variable/instrument-sans
    (unpack each tarball into FOLDER/<name>)      pip install fonttools brotli
    python scripts/make_fonts.py FOLDER theme/static/fonts

Axes that the style sheet never uses are cut off, and the spaces that French typography needs are added where
the Latin subset lacks them: a narrow no-break space from another font would be of another width.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph
from fontTools.varLib.instancer import instantiateVariableFont

FACES = {
    "fraunces": ("fraunces", "fraunces-latin-standard-normal", {"opsz": (18, 144), "wght": 560}),
    "literata": ("literata", "literata-latin-wght-normal", {"wght": (400, 700)}),
    "literata-italic": ("literata", "literata-latin-wght-italic", {"wght": (400, 700)}),
    "instrument-sans": ("instrument-sans", "instrument-sans-latin-wght-normal", {"wght": (400, 700)}),
}
"""Name of our file: package, its file, and the axes kept: a range, or the one value that is used."""

NARROW = {0x202F: "narrownobreakspace", 0x2009: "thinspace"}
NARROW_EM = 0.17
NO_BREAK_HYPHEN = 0x2011


def main(source: Path, target: Path) -> None:
    """Write every face, and each family's licence beside it."""
    for name, (package, file, axes) in FACES.items():
        font = TTFont(source / package / "files" / f"{file}.woff2")
        font = instantiateVariableFont(font, axes)
        add_french_spaces(font)
        font.flavor = "woff2"
        font.save(target / f"{name}.woff2")
        shutil.copy(source / package / "LICENSE", target / f"{package}-OFL.txt")


def add_french_spaces(font: TTFont) -> None:
    """Narrow spaces as empty glyphs; the no-break hyphen is the hyphen."""
    known = font.getBestCmap()
    for code, name in NARROW.items():
        if code not in known:
            _add_empty_glyph(font, name, width=round(NARROW_EM * font["head"].unitsPerEm))
            _map(font, code, name)
    if NO_BREAK_HYPHEN not in known:
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


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
