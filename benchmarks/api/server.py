"""The API as `zgcwatch run` serves it, and one constant answer."""

from fastapi import FastAPI
from fastapi.responses import Response

from benchmarks.serving import in_korea
from crawler.meaning.aliases import expander
from crawler.meaning.facts import load_reader
from storage.database import Database
from web.app import create_app
from web.settings import WebSettings


def api(url: str, require_token: str) -> FastAPI:
    """The API of an archive, without a limit of requests. `/floor` costs what the server itself costs."""
    app = create_app(
        Database.open(url),
        version="bench",
        in_zone=in_korea,
        settings=WebSettings.model_validate({"rate_per_minute": 0, "require_token": require_token}),
        expand=expander(load_reader().lexicon),
    )

    async def floor() -> Response:
        return Response(b"{}")

    app.add_api_route("/floor", floor, include_in_schema=False)
    return app
