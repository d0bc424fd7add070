"""Redirects are followed a few steps, and an article's only while they stay with its outlet."""

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.urls import is_own


class LeftOutlet(IgnoreRequest):
    """A redirect led away from the outlet: to a login, an advert, a parked domain."""


class OutletRedirectMiddleware(RedirectMiddleware):
    """Scrapy's redirects; a request whose meta says `stay_with` an outlet is not followed to anybody else's hosts."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        result = super().process_response(request, response)
        outlet: Any = request.meta.get("stay_with")
        if outlet is not None and isinstance(result, Request) and not is_own(result.url, outlet):
            raise LeftOutlet(f"It redirects away from the outlet, to {result.url}.")
        return result
