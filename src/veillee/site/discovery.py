"""What tells machines of a built site: sitemap, robots.txt, manifest, security.txt, calendars, redirects.

The run's community and planned pages -> files; each is written where no file of the manager's own has its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from pelican.generators import Generator

from veillee.languages import language
from veillee.model import Community, Post
from veillee.model.places import calendar_path, calendar_url
from veillee.render.calendar import render_calendar
from veillee.render.discovery.headers import APACHE, NETLIFY, headers, render_apache, render_netlify
from veillee.render.discovery.manifest import MANIFEST, render_manifest
from veillee.render.discovery.robots import ROBOTS, render_robots
from veillee.render.discovery.security_txt import SECURITY_TXT, render_security_txt
from veillee.render.discovery.sitemap import SITEMAP, SitemapEntry, render_sitemaps
from veillee.site.content.redirects import Redirect
from veillee.site.outputs.collecting import put_file
from veillee.site.pages.addresses import page_url
from veillee.site.pages.plan import PlannedPage
from veillee.site.run import Run, run_of


class DiscoveryGenerator(Generator):  # type: ignore[misc]
    """Writes these files after all pages are known."""

    def generate_output(self, writer: Any) -> None:
        run = run_of(self.settings)
        if run is None or run.community is None:
            return
        for redirect in run.redirects:
            self._write_redirect(redirect, run.community, writer)
        for path, source, make in self.files(run, run.community):
            put_file(writer, path, source, make, output=Path(self.output_path))

    def _write_redirect(self, redirect: Redirect, community: Community, writer: Any) -> None:
        lang = redirect.lang if redirect.lang in community.languages else community.language
        template = self.get_template("redirect")
        writer.write_file(
            redirect.path, template, self.context, relative_urls=True, url="", lang=lang, redirect=redirect
        )

    def files(self, run: Run, community: Community) -> Iterator[tuple[str, object, Any]]:
        """The output path of each file, what it is made from, and how; not those that the manager has of their own."""
        own = {str(file.save_as) for file in self.context.get("staticfiles", ())}
        return (one for one in self._files(run, community) if one[0] not in own)

    def _files(self, run: Run, community: Community) -> Iterator[tuple[str, object, Any]]:
        if run.site.url:
            yield from _made(render_sitemaps(tuple(_entries(run, community)), site_url=run.site.url))
        sitemap = f"{run.site.url}/{SITEMAP}" if run.site.url else ""
        yield from _made([(ROBOTS, render_robots(sitemap))])
        icons = f"{self.settings['THEME_STATIC_DIR']}/images"
        yield from _made([(MANIFEST, render_manifest(community, start="./", icons=icons))])
        if run.site.security:
            canonical = f"{run.url}/{SECURITY_TXT}"
            text = render_security_txt(dict(run.site.security), canonical=canonical, languages=community.languages)
            yield from _made([(SECURITY_TXT, text)])
        yield from _made(_files_of_hosts(run))
        yield from _calendars(community)


def _files_of_hosts(run: Run) -> Iterator[tuple[str, bytes]]:
    """What static hosts are to say with each file."""
    said = headers(run.site.image_hosts, is_https=run.url.startswith("https:"))
    yield NETLIFY, render_netlify(said)
    yield APACHE, render_apache(said, redirect_paths(run))


def redirect_paths(run: Run) -> tuple[tuple[str, str], ...]:
    """Old and new addresses as paths from the root of the host; a folder is one with and without its slash."""
    base = urlsplit(run.url).path
    pairs = []
    for redirect in run.redirects:
        new, old = urlsplit(redirect.url).path, quote(f"{base}/{redirect.path}")
        folder = old.removesuffix("/index.html")
        pairs += [(old, new)] if folder == old else [(folder, new), (f"{folder}/", new)]
    return tuple(pairs)


def _made(files: Any) -> Iterator[tuple[str, object, Any]]:
    for path, content in files:
        yield path, content, partial(bytes, content)


def _calendars(community: Community) -> Iterator[tuple[str, object, Any]]:
    """One for each language, and one beside each post that invites to something."""
    about = (community.title, community.url, str(community.timezone))
    for lang in community.languages:
        posts = tuple(post for post in community.posts_in(lang) if post.event)
        title = f"{community.title} · {language(lang).gettext('Dates')}"
        make = partial(render_calendar, posts, community, title=title)
        yield calendar_path(lang, default_lang=community.language), (about, title, posts), make
    for post in community.posts:
        if post.event and (path := _path_of(post, community)):
            yield path, (about, post), partial(render_calendar, (post,), community, title=post.title)


def _path_of(post: Post, community: Community) -> str:
    url = calendar_url(post.url)
    return url.removeprefix(f"{community.url}/") if url.startswith(f"{community.url}/") else ""


def _entries(run: Run, community: Community) -> Iterator[SitemapEntry]:
    """Every page that machines may show, those of our own first."""
    for page in run.planned:
        if page.is_found:
            yield _entry_of_page(page, community)
    for post in community.posts:
        yield _entry_of_post(post)
    pages = [page for page in run.contents if not hasattr(page, "post") and page.status == "published"]
    for page in pages:
        versions = [(one.lang, page_url(community, one.url)) for one in (page, *page.translations)]
        yield SitemapEntry(page_url(community, page.url), getattr(page, "modified", None), tuple(sorted(versions)))


def _entry_of_page(page: PlannedPage, community: Community) -> SitemapEntry:
    urls = {lang: page_url(community, page.path(community.language, lang)) for lang in page.languages}
    return SitemapEntry(urls[page.lang], versions=tuple(sorted(urls.items())))


def _entry_of_post(post: Post) -> SitemapEntry:
    answered = (one.answered_at for one in post.answers)
    changed_at = max([post.published_at, *answered, *([post.updated_at] if post.updated_at else [])])
    return SitemapEntry(post.url, changed_at, tuple(sorted([(post.lang, post.url), *post.translations])))
