"""What a host says with each file: a strict Content-Security-Policy, and the other headers that keep readers safe.

One set of rules -> the files of several hosts: `_headers` (Netlify, Cloudflare Pages), `.htaccess` (Apache), nginx; and
the policy as a `meta` element in each page, for hosts that let nobody set headers (GitHub Pages, GitLab Pages).

Sources: w3.org/TR/CSP3; w3.org/TR/permissions-policy; OWASP Secure Headers Project, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

NETLIFY, APACHE = "_headers", ".htaccess"

_FEATURES = (
    "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone", "midi",
    "payment", "usb",
)  # fmt: skip
_YEAR_S = 31_536_000
_CACHES = (
    ("/theme/fonts/*", f"public, max-age={_YEAR_S // 12}"),
    ("/theme/*", "public, max-age=3600, stale-while-revalidate=86400"),
)
"""How long browsers keep what seldom changes; whatever is not named here is asked for again each time."""

_FRESH = "public, max-age=0, must-revalidate"


def content_policy(image_hosts: Iterable[str] = (), *, is_meta: bool = False) -> str:
    """The policy. Nothing runs that is not a file of the site, and nothing is loaded from anybody else.

    `image_hosts` are those whose pictures may be shown all the same. As a `meta` element it says nothing of frames,
    which only a header can, and lets pages that are opened from a disk load their own files.
    """
    own = "'self' file:" if is_meta else "'self'"
    pictures = " ".join([own, *(f"https://{host}" for host in image_hosts)])
    rules = {
        "default-src": "'none'",
        "script-src": f"{own} 'wasm-unsafe-eval'",  # for the search, which runs in the browser
        "style-src": own,
        "font-src": own,
        "img-src": pictures,
        "media-src": pictures,
        "connect-src": "'self'",
        "manifest-src": own,
        "form-action": own,
        "base-uri": "'none'",
        **({} if is_meta else {"frame-ancestors": "'none'"}),
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def headers(image_hosts: Iterable[str] = (), *, is_https: bool) -> tuple[tuple[str, str], ...]:
    """What is said with every file of the site."""
    said = [
        ("Content-Security-Policy", content_policy(image_hosts)),
        ("Referrer-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Permissions-Policy", ", ".join(f"{name}=()" for name in _FEATURES)),
    ]
    if is_https:
        said.append(("Strict-Transport-Security", f"max-age={_YEAR_S}"))
    return tuple(said)


def render_netlify(said: tuple[tuple[str, str], ...]) -> bytes:
    """`_headers`, as Netlify and Cloudflare Pages read it."""
    lines = ["/*", *(f"  {name}: {value}" for name, value in said)]
    for path, kept in _CACHES:
        lines += [path, f"  Cache-Control: {kept}"]
    return _text(lines)


def render_apache(said: tuple[tuple[str, str], ...], redirects: Iterable[tuple[str, str]] = ()) -> bytes:
    """`.htaccess`; old addresses answer with a redirect of the server's own. `redirects` are paths."""
    lines = ["<IfModule mod_headers.c>"]
    lines += [f'Header always set {name} "{value}"' for name, value in said]
    lines += [f'Header set Cache-Control "{_FRESH}"']
    lines += [
        f'<If "%{{REQUEST_URI}} =~ m#{path.removesuffix("*")}#">\nHeader set Cache-Control "{kept}"\n</If>'
        for path, kept in reversed(_CACHES)
    ]
    lines += ["</IfModule>", "AddType application/manifest+json .webmanifest", "AddType text/calendar .ics"]
    lines += ["AddType image/avif .avif", "ErrorDocument 404 /404.html"]
    lines += [f'RedirectPermanent "{old}" "{new}"' for old, new in redirects]
    return _text(lines)


def render_nginx(
    said: tuple[tuple[str, str], ...], redirects: Iterable[tuple[str, str]] = (), *, root: str, host: str
) -> str:
    """A server block; `root` is the folder of the site on the server."""
    return "\n".join(_nginx_lines(said, redirects, root, host)) + "\n"


def _nginx_lines(
    said: tuple[tuple[str, str], ...], redirects: Iterable[tuple[str, str]], root: str, host: str
) -> Iterator[str]:
    everywhere = [f'        add_header {name} "{value}" always;' for name, value in said]
    yield "server {"
    yield "    listen 80;"
    yield f"    server_name {host};"
    yield f"    root {root};"
    yield "    charset utf-8;"
    yield "    error_page 404 /404.html;"
    yield "    gzip_static on;  # sends the .gz files that VEILLEE_COMPRESS makes"
    yield "    gzip_vary on;"
    yield "    include mime.types;"
    yield "    types { application/manifest+json webmanifest; text/calendar ics; image/avif avif; }"
    for old, new in redirects:
        yield f'    location = "{old}" {{ return 301 "{new}"; }}'
    for path, kept in (*_CACHES, ("/*", _FRESH)):
        yield f"    location {path.removesuffix('*')} {{"
        yield "        try_files $uri $uri/index.html =404;"
        yield f'        add_header Cache-Control "{kept}";'
        yield from everywhere  # nginx inherits none of these where a location has headers of its own
        yield "    }"
    yield "}"


def _text(lines: Iterable[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
