"""`veillee headers`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from veillee.cli.build import overrides_of
from veillee.cli.console import say
from veillee.cli.options import SettingsOption

EPILOG = "Example: veillee headers nginx --root /srv/www/veillee"


class Host(StrEnum):
    """Whose configuration it is."""

    NGINX = "nginx"
    APACHE = "apache"
    NETLIFY = "netlify"


def headers(
    host: Annotated[Host, typer.Argument(help="The kind of server.", show_default=False)],
    root: Annotated[Path, typer.Option("--root", help="For nginx: the folder of the site on the server.")] = Path(
        "/srv/www/site"
    ),
    settings: SettingsOption = None,
) -> None:
    """Show what a server is to say with each file: a strict policy, caching, redirects from old addresses.

    For Apache and Netlify, the same is in the built site already, as .htaccess and _headers.
    """
    from veillee.render.discovery.headers import headers as headers_of
    from veillee.render.discovery.headers import render_apache, render_netlify, render_nginx
    from veillee.site.discovery import redirect_paths
    from veillee.site.reading import open_session
    from veillee.site.settings import load_settings

    with open_session(load_settings(settings, overrides=overrides_of())) as session:
        session.read()
        run, redirects = session.run, redirect_paths(session.run)
    said = headers_of(run.site.image_hosts, is_https=run.url.startswith("https:"))
    if host is Host.NGINX:
        name = urlsplit(run.url).hostname or "localhost"
        say(render_nginx(said, redirects, root=str(root), host=name).rstrip())
    elif host is Host.APACHE:
        say(render_apache(said, redirects).decode().rstrip())
    else:
        say(render_netlify(said).decode().rstrip())
