"""Scrapy's settings as one table. What a visit does itself, Scrapy's own part for it is off."""

from typing import Any

from scrapy.settings import Settings
from scrapy.utils.misc import load_object

from crawler.settings import CrawlerSettings

_OFF: dict[str, Any] = {
    # A loopback server that executes Python, and a console: on by default in Scrapy.
    "REMOTE_CONTROL_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "COOKIES_ENABLED": False,
    "HTTPCACHE_ENABLED": False,
    "HTTPPROXY_ENABLED": False,  # a proxy from the environment would connect behind the guard's back
    "METAREFRESH_ENABLED": False,
    "MEMUSAGE_ENABLED": False,
    "STATS_DUMP": False,
    "LOG_ENABLED": False,  # Scrapy's handlers; its loggers go where the process logs
    "ROBOTSTXT_OBEY": False,  # Scrapy's own: no Crawl-delay, no memory over visits, open when it cannot be read
    "COMPRESSION_ENABLED": False,  # Scrapy's own takes a stream that broke off for the whole page
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    "REFERRER_POLICY": "no-referrer",
    "HTTPERROR_ALLOW_ALL": True,  # every status is judged, and counted, by the visit
}
_ON: dict[str, Any] = {
    "DOWNLOAD_FAIL_ON_DATALOSS": True,
    "DOWNLOAD_WARNSIZE": 0,
    "CONCURRENT_REQUESTS": 8,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "CONCURRENT_ITEMS": 4,
    # Bytes of answers a visit may hold while they wait to be parsed; then it stops asking. Of fifty visits at once,
    # Scrapy's five megabytes each were most of a gigabyte.
    "SCRAPER_SLOT_MAX_ACTIVE_SIZE": 1_000_000,
    "DOWNLOAD_DELAY": 0,  # crawler.fetch.pace holds it, over all visits
    "REDIRECT_MAX_TIMES": 5,
    "RETRY_TIMES": 1,
    "RETRY_HTTP_CODES": [408, 500, 502, 504, 522, 524],  # 429 and 503 are the host's wish, not an accident
    "RETRY_EXCEPTIONS": ["scrapy.exceptions.DownloadFailedError", "scrapy.exceptions.ResponseDataLossError"],
    "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
    "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
    "DOWNLOAD_HANDLERS": {
        "http": "crawler.fetch.handler.GuardedHandler",
        "https": "crawler.fetch.handler.GuardedHandler",
        "data": None,
        "file": None,
        "ftp": None,
        "s3": None,
    },
    # The whole of Scrapy's own tables is left out, not switched off one by one: merely naming them imports telnet,
    # aiohttp and a console, and each layer that does nothing is passed by every request.
    "DOWNLOADER_MIDDLEWARES_BASE": {},
    "DOWNLOADER_MIDDLEWARES": {
        "crawler.fetch.robots.RobotsMiddleware": 100,
        "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
        "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
        "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
        "crawler.fetch.decoding.DecodingMiddleware": 590,
        "crawler.fetch.redirects.OutletRedirectMiddleware": 600,
    },
    "SPIDER_MIDDLEWARES_BASE": {},
    "EXTENSIONS_BASE": {},
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml,application/rss+xml,application/xml;q=0.9,*/*;q=0.5",
        "Accept-Language": "ko,en;q=0.5",
    },
}


_BROWSER = "crawler.render.handler.BrowserHandler"


def scrapy_settings(settings: CrawlerSettings, *, browser: bool = False) -> dict[str, Any]:
    """The settings of one crawl, with a browser for the requests that ask for one; the caller adds its pipelines."""
    handlers = {**_ON["DOWNLOAD_HANDLERS"], **({"http": _BROWSER, "https": _BROWSER} if browser else {})}
    return {
        **_OFF,
        **_ON,
        "DOWNLOAD_HANDLERS": handlers,
        "BROWSER_EXECUTABLE": settings.browser,
        "USER_AGENT": settings.agent,
        "DOWNLOAD_TIMEOUT": settings.download_timeout,
        "DOWNLOAD_MAXSIZE": settings.max_page_bytes,
        "DOWNLOAD_VERIFY_CERTIFICATES": settings.verify_certificates,
    }


_LOADED_BY_NAME = (
    "DOWNLOADER", "DUPEFILTER_CLASS", "ITEM_PROCESSOR", "LOG_FORMATTER", "SCHEDULER", "SCHEDULER_DISK_QUEUE",
    "SCHEDULER_MEMORY_QUEUE", "SCHEDULER_PRIORITY_QUEUE", "SCHEDULER_START_MEMORY_QUEUE", "STATS_CLASS",
)  # fmt: skip
_TABLES_OF_NAMES = ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS")


def preload() -> None:
    """Import what a crawl would load by name: on the loop it would hold everybody up for half a second, once."""
    settings = Settings(scrapy_settings(CrawlerSettings()))
    paths = [settings.get(name) for name in _LOADED_BY_NAME]
    paths += [path for table in _TABLES_OF_NAMES for path, place in settings.getwithbase(table).items() if place]
    paths += [path for path in settings.getwithbase("DOWNLOAD_HANDLERS").values() if path]
    for path in paths:
        if isinstance(path, str):
            load_object(path)
