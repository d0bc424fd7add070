"""Scrapy's settings as one table. What a visit does itself, Scrapy's own part for it is off."""

from typing import Any

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
    "CONCURRENT_ITEMS": 8,
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
    "DOWNLOADER_MIDDLEWARES": {
        "crawler.fetch.robots.RobotsMiddleware": 100,
        "crawler.fetch.decoding.DecodingMiddleware": 590,
        "crawler.fetch.redirects.OutletRedirectMiddleware": 600,
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    },
    "EXTENSIONS": {
        "scrapy.extensions.logstats.LogStats": None,
        "scrapy.extensions.logcount.LogCount": None,
        "scrapy.extensions.feedexport.FeedExporter": None,
        "scrapy.extensions.spiderstate.SpiderState": None,
    },
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml,application/rss+xml,application/xml;q=0.9,*/*;q=0.5",
        "Accept-Language": "ko,en;q=0.5",
    },
}


def scrapy_settings(settings: CrawlerSettings) -> dict[str, Any]:
    """The settings of one crawl; the caller adds its pipelines."""
    return {
        **_OFF,
        **_ON,
        "USER_AGENT": settings.agent,
        "DOWNLOAD_TIMEOUT": settings.download_timeout,
        "DOWNLOAD_MAXSIZE": settings.max_page_bytes,
        "DOWNLOAD_VERIFY_CERTIFICATES": settings.verify_certificates,
    }
