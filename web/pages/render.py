"""A page from its template: every value escaped, every word from the texts, the pages' own headers."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from digest.safe import safe_url
from web.pages.addresses import link
from web.pages.forms import TOKEN
from web.pages.texts import Speech
from web.pages.times import Times
from web.pages.visitor import FORM, THEMES, Visitor, keep

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    # Without it a form's Origin would be null, and forms are told apart by it.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Cookie, Accept-Language",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
MEDIA_TYPES = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml"}


@cache
def assets() -> dict[str, bytes]:
    """The style sheet and the icon, by name. No address ever becomes a path of the file system."""
    folder = files("web.pages") / "static"
    return {
        entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.name.rpartition(".")[2] in MEDIA_TYPES
    }


def asset_address(name: str) -> str:
    """Where an asset is, with its version, so that browsers may keep it."""
    version = hashlib.blake2b(assets()[name], digest_size=6).hexdigest()
    return f"/assets/{name}?v={version}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("web.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(asset=cache(asset_address), link=link, safe_url=safe_url, token_field=TOKEN)
    return environment


def page(
    request: Request,
    visitor: Visitor,
    template: str,
    values: Mapping[str, Any],
    *,
    times: Times,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer with one page. Call it in a thread: a long page takes some milliseconds."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    text = (
        _environment()
        .get_template(f"{template}.html.j2")
        .render(
            {
                **values,
                "visitor": visitor,
                "t": Speech(visitor.language),
                "times": times,
                "here": here if request.method == "GET" else "/",
                "path": request.url.path,
                "themes": THEMES,
            }
        )
    )
    response = HTMLResponse(text, status, headers={**HEADERS, **(headers or {})})
    if visitor.is_new:
        keep(response, FORM, visitor.key, secure=visitor.secure)
    return response
