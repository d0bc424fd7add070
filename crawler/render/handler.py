"""Pages that only a browser can read: loaded in Chromium through scrapy-playwright, behind the guard, at its pace."""

import asyncio
import contextlib
from itertools import count
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, DownloadTimeoutError

from crawler.fetch.handler import GuardedHandler
from crawler.fetch.pace import host_of
from crawler.fetch.redirects import LeftOutlet
from crawler.fetch.robots import DisallowedByRobots
from crawler.render.proxy import GuardedProxy
from crawler.urls import is_own
from storage.errors import ZgcwatchError

if TYPE_CHECKING:
    from pathlib import Path

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

UNWANTED = frozenset(
    {"image", "media", "font", "manifest", "ping", "cspreport", "eventsource", "websocket", "prefetch"}
)
_HTTP = ("http:", "https:")
SETTLED_MS = 3000  # how long a page may go on loading after its own scripts have run
_LOADED_TIMES = 4  # what a page loads in all, as a multiple of the largest page
_ARGUMENTS = (
    "--disable-quic",  # UDP goes around a proxy
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-pings",
)


class BrowserMissing(ZgcwatchError):  # noqa: N818 - named for what it is
    """An outlet's pages need a browser, and there is none; the message says how to get one."""


def browser_missing(executable: "Path | None") -> str | None:
    """Why no page can be rendered here, in one sentence with the remedy; None when it should work."""
    try:
        import scrapy_playwright.handler  # noqa: F401 - asked for only to see whether it is there
    except ImportError:
        return "Its pages need a browser: install the extra, as in `pip install 'zgcwatch[browser]'`."
    if executable is not None and not executable.is_file():
        return f"Its pages need a browser, and `crawler.browser` names {executable}, which does not exist."
    return None


class BrowserHandler(GuardedHandler):
    """The guarded handler of an outlet with `render = "browser"`: requests with the meta `render` go to the browser."""

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        self._starting = asyncio.Lock()
        self._browser: Any = None
        self._proxy: GuardedProxy | None = None
        self._numbers = count()
        self._pages: dict[str, str] = {}  # host → the page that holds its turn while it is rendered

    async def _fetch(self, request: "Request", host: str) -> "Response":
        if not request.meta.get("render"):
            return await super()._fetch(request, host)
        seconds = self._crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        async with self._starting:
            browser = await self._started()
        self._pages[host] = request.url
        try:
            async with asyncio.timeout(seconds):
                response: Response = await self._render(browser, request)
            return await self._judged(request, response)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"Rendering {request.url} took longer than {seconds} seconds.") from error
        finally:
            del self._pages[host]

    async def _started(self) -> Any:
        """scrapy-playwright's handler with a browser that knows no way out but the proxy."""
        if self._browser is not None:
            return self._browser
        executable = self._crawler.settings.get("BROWSER_EXECUTABLE")
        if (sentence := browser_missing(executable)) is not None:
            raise BrowserMissing(sentence)
        from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

        limit = self._crawler.settings.getint("DOWNLOAD_MAXSIZE") * _LOADED_TIMES
        self._proxy = await GuardedProxy(self._manners.gate, limit=limit).__aenter__()
        browser = ScrapyPlaywrightDownloadHandler(self._crawler)
        browser.config.launch_options = {
            # Chromium goes to loopback directly unless it is told not to.
            "proxy": {"server": self._proxy.url, "bypass": "<-loopback>"},
            "args": list(_ARGUMENTS),
            **({"executable_path": str(executable)} if executable else {}),
            **({"chromium_sandbox": True} if not _is_root() else {}),
        }
        browser.abort_request = self._is_unwanted
        await browser._launch()  # noqa: SLF001 - the signal that would do it has been sent before the first page
        self._browser = browser
        return browser

    async def _render(self, browser: Any, request: "Request") -> "Response":
        """The page after its scripts, in a context of its own: no cookie outlives it."""
        from playwright.async_api import Error as PlaywrightError
        from scrapy_playwright.page import PageMethod

        name = str(next(self._numbers))
        asked = request.replace(headers={"User-Agent": request.headers.get("User-Agent")})
        asked.meta.update(
            playwright=True,
            playwright_context=name,
            playwright_context_kwargs={
                "service_workers": "block",
                "accept_downloads": False,
                "ignore_https_errors": not self._crawler.settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"),
                "locale": "ko-KR",
            },
            playwright_page_methods=[PageMethod(_settle)],
        )
        try:
            response: Response = await browser.download_request(asked)
        except PlaywrightError as error:
            forbidden = self._manners.gate.error(host_of(request.url))
            raise forbidden or DownloadFailedError(f"The browser could not load it ({_first_line(error)}).") from error
        finally:
            await _close(browser, name)
        response.headers.pop("Content-Length", None)
        request.meta.update({key: value for key, value in asked.meta.items() if key.startswith("redirect_")})
        return response

    async def _judged(self, request: "Request", response: "Response") -> "Response":
        """A browser follows redirects by itself: where it arrived is judged as if each step had been asked for."""
        outlet = request.meta.get("stay_with")
        if outlet is not None and not is_own(response.url, outlet):
            raise LeftOutlet(f"It redirects away from the outlet, to {response.url}.")
        if response.url != request.url and not await self._is_open(response.url):
            raise DisallowedByRobots(f"It redirects to {response.url}, which robots.txt asks to be left alone.")
        limit = request.meta.get("download_maxsize") or self._crawler.settings.getint("DOWNLOAD_MAXSIZE")
        if len(response.body) > limit:
            raise DownloadCancelledError(f"The page is larger than {limit} bytes once it is rendered.")
        return response

    async def _is_unwanted(self, asked: Any) -> bool:
        """Whether a page may not have this: pictures, what robots.txt closes, another page in its place."""
        if asked.resource_type in UNWANTED or not asked.url.startswith(_HTTP):
            return True
        spider: Any = self._crawler.spider
        outlet = getattr(getattr(spider, "plan", None), "outlet", None)
        if asked.is_navigation_request() and outlet is not None and not is_own(asked.url, outlet):
            return True
        return not await self._is_open(asked.url)

    async def _is_open(self, url: str) -> bool:
        """Whether robots.txt lets an address be asked for, as far as it can be read while a page is rendered."""
        spider: Any = self._crawler.spider
        robots, page = self._manners.robots, self._pages.get(host_of(url))
        if page is not None:  # its host's turn is taken until the page is there: nothing more can be read of it now
            policy = robots.known(url) or robots.known(page)
        else:
            policy = await robots.policy(url, now=spider.clock(), fetch=self._fetch_robots)
        return policy is not None and policy.closed is None and await policy.judges(url)

    async def _fetch_robots(self, url: str) -> "Response":
        from crawler.fetch.robots import robots_request

        engine: Any = self._crawler.engine
        response: Response = await engine.download_async(robots_request(url))
        return response

    async def close(self) -> None:
        await super().close()
        if self._browser is not None:
            await self._browser.close()
        if self._proxy is not None:
            await self._proxy.__aexit__()


async def _settle(page: Any) -> None:
    """Scripts that fetch the article are waited for; those that never rest are not."""
    from playwright.async_api import TimeoutError as NeverQuiet

    with contextlib.suppress(NeverQuiet):
        await page.wait_for_load_state("networkidle", timeout=SETTLED_MS)


async def _close(browser: Any, name: str) -> None:
    wrapper = browser.context_wrappers.get(name)
    if wrapper is not None:
        with contextlib.suppress(Exception):
            await wrapper.context.close()


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:120]


def _is_root() -> bool:
    import os

    return os.geteuid() == 0
