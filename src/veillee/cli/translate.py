"""`veillee translate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from veillee.cli.console import say, say_json
from veillee.cli.options import JsonOption, SettingsOption
from veillee.cli.words import counted
from veillee.errors import ConfigurationError, Fault, SourceError, UsageError

EPILOG = "Example: veillee translate de"


def translate(
    lang: Annotated[str, typer.Argument(metavar="LANGUAGE", help="Its code, such as de or pt-br.", show_default=False)],
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the file in which the interface, the feeds and the mails are put into another language.

    What is translated there already stays; messages that are new since are added.
    """
    from veillee.config import site_settings
    from veillee.languages import FOLDER, CatalogueError, is_known
    from veillee.languages.catalogues import write_blank_catalogue
    from veillee.shown import shown_path
    from veillee.site.settings import ROOT_KEY, load_settings

    code = lang.lower().replace("_", "-")
    if not is_known(code):
        raise UsageError(f'"{lang}" is the code of no language; write one such as de, es or pt-br')
    loaded = load_settings(settings)
    site = site_settings(loaded, root=Path(loaded[ROOT_KEY]))
    path = site.root / FOLDER / f"{code}.po"
    try:
        waiting = write_blank_catalogue(path, code)
    except CatalogueError as error:
        faults = [Fault(shown_path(path), line, found, "", "mend the line") for line, found in error.faults]
        raise ConfigurationError(faults=faults) from error
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror}; look at the folder's rights") from error
    if as_json:
        say_json({"path": shown_path(path), "untranslated": waiting})
        return
    say(f"{shown_path(path)} is there, with {counted(waiting, 'message')} to translate.")
    say("Write each below its English, between the quotation marks after msgstr.")
    if code not in site.languages:
        shown = ", ".join(f'"{one}"' for one in (*site.languages, code))
        say(f"Then say in the settings: VEILLEE_LANGUAGES = [{shown}]")
