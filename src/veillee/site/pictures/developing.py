"""Developing: the pictures that a build asked for -> jobs of its writer; originals that say too much are replaced."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from pelican.generators import Generator

from veillee.site.editions import editions_of_run
from veillee.site.outputs.collecting import put_file
from veillee.site.pictures.asking import ask_in_text
from veillee.site.pictures.cards import RECIPE as CARD_RECIPE
from veillee.site.pictures.cards import can_be_drawn, draw_card
from veillee.site.pictures.darkroom import FOLDER, Darkroom, clean_key, copy_key
from veillee.site.pictures.gallery import Gallery
from veillee.site.pictures.social import card_of_edition, card_of_post, card_path
from veillee.site.run import Run, run_of


class PicturesGenerator(Generator):  # type: ignore[misc]
    """Asks for every copy, once all that shows pictures is known; comes before Pelican copies files as they are."""

    def generate_output(self, writer: Any) -> None:
        run = run_of(self.settings)
        if run is None or run.community is None or not isinstance(run.gallery, Gallery):
            return
        for composed in editions_of_run(run, run.community).composed:
            ask_in_text(composed.introduction_html, run)
        darkroom = Darkroom(run.site.content, run.site.var / "build" / FOLDER)
        keys = []
        for target, copy, seen in run.gallery.asked():
            keys.append(copy_key(copy, seen))
            make = partial(darkroom.copy, target, copy, seen)
            put_file(writer, copy.path, keys[-1], make, output=Path(self.output_path))
        keys += self._clean(run, darkroom, writer)
        run.gallery.save()
        darkroom.sweep(keys)

    def _clean(self, run: Run, darkroom: Darkroom, writer: Any) -> list[str]:
        """Files that Pelican would copy with everything that a camera says in them."""
        keys = []
        assert isinstance(run.gallery, Gallery)
        for generator in run.copiers:
            for file in list(generator.staticfiles):
                target = file.get_relative_source_path()
                seen = run.gallery.seen(target)
                if seen is not None and not seen.is_plain and not seen.trouble:
                    generator.staticfiles.remove(file)
                    keys.append(clean_key(seen))
                    make = partial(darkroom.cleaned, target, seen)
                    put_file(writer, str(file.save_as), keys[-1], make, output=Path(self.output_path))
        return keys


class SocialCardsGenerator(Generator):  # type: ignore[misc]
    """Asks for the social card of each post and edition."""

    def generate_output(self, writer: Any) -> None:
        run = run_of(self.settings)
        if run is None or run.community is None or not self.context.get("has_social_cards"):
            return
        community, theme = run.community, Path(self.settings["THEME"])
        cards = [(post.url, card_of_post(post, community)) for post in community.posts]
        composed = editions_of_run(run, community).composed
        cards += [(one.url, card_of_edition(one, community)) for one in composed]
        for url, card in cards:
            path = card_path(url, community)
            if path and can_be_drawn(card.title):
                make = partial(draw_card, card, theme)
                put_file(writer, path, (card, CARD_RECIPE), make, output=Path(self.output_path))
