import pytest
from pydantic import ValidationError
from scrapy.settings import Settings

from crawler.fetch.settings import scrapy_settings
from crawler.settings import CrawlerSettings


@pytest.mark.parametrize(
    "name",
    ["REMOTE_CONTROL_ENABLED", "TELNETCONSOLE_ENABLED", "COOKIES_ENABLED", "HTTPPROXY_ENABLED", "METAREFRESH_ENABLED"],
)
def test_what_must_be_off_is_off(name):
    assert Settings(scrapy_settings(CrawlerSettings())).getbool(name) is False


def test_every_scheme_but_http_is_closed_and_http_is_guarded():
    handlers = Settings(scrapy_settings(CrawlerSettings())).getwithbase("DOWNLOAD_HANDLERS")
    kept = {scheme: path for scheme, path in handlers.items() if path}
    assert kept == {"http": "crawler.fetch.handler.GuardedHandler", "https": "crawler.fetch.handler.GuardedHandler"}


def test_limits_come_from_our_settings():
    given = scrapy_settings(CrawlerSettings(download_timeout=3, max_page_bytes=2048, contact="ops@watch.example"))
    assert given["DOWNLOAD_TIMEOUT"] == 3
    assert given["DOWNLOAD_MAXSIZE"] == 2048
    assert given["USER_AGENT"].endswith(" (+ops@watch.example)")
    assert given["DOWNLOAD_VERIFY_CERTIFICATES"] is True


@pytest.mark.parametrize(
    "wrong",
    [
        {"download_timeout": 21},
        {"contact": "line\r\nInjected: yes"},
        {"user_agent": "한글"},
        {"recheck_after": [6, 1]},
        {"recheck_after": [0]},
        {"keep": "some"},
        {"delay": -1},
        {"unknown": 1},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong):
    with pytest.raises(ValidationError):
        CrawlerSettings(**wrong)


def test_every_setting_is_described():
    undescribed = [name for name, field in CrawlerSettings.model_fields.items() if not field.description]
    assert undescribed == []
