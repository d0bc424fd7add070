"""A made-up outlet and a news search beside it, both played by the outlet server."""

import json
from email.utils import format_datetime
from html import escape

from crawler.candidates.dates import KST
from crawler.catalogue import Outlet
from tests.crawler.world import START
from tests.servers.client import answer

API = "/v1/search/news.json"
GOOGLE = "/rss/search"
KEY = {"client_id": "sample-id", "client_secret": "sample-secret"}


def search_outlet(kind="naver", queries=("중관춘",), **source):
    return Outlet.model_validate(
        {
            "id": "yesi-search",
            "name": "예시 검색",
            "home": "https://search.example/",
            "hosts": [],
            "sources": [{"kind": kind, "queries": queries, **source}],
        }
    )


def hit(url, title="<b>중관춘</b> &quot;로봇&quot; 투자", link="", described="베이징 <b>중관춘</b>의 회사"):
    return {
        "title": title,
        "originallink": url,
        "link": link or url,
        "description": described,
        "pubDate": format_datetime(START.astimezone(KST)),
    }


def hits(*rows, start=1, total=None):
    document = {"lastBuildDate": "Tue, 11 Aug 2026 09:00:00 +0900", "total": total or len(rows), "start": start}
    return answer(json.dumps({**document, "display": len(rows), "items": rows}), content_type="application/json")


def naver_error(code, status, **headers):
    body = json.dumps({"errorMessage": "sample", "errorCode": code})
    return answer(body, status=status, content_type="application/json", **headers)


def naver(world, **more):
    return {**KEY, "url": f"{world.base}{API}", **more}


def google_item(title, link, source="예시신문", home="https://www.yesi.example"):
    anchor = f"&lt;a href=&quot;#&quot;&gt;{escape(title)}&lt;/a&gt;"
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link><guid isPermaLink='false'>x</guid>"
        f"<pubDate>Mon, 10 Aug 2026 22:00:00 GMT</pubDate><description>{anchor}</description>"
        f"<source url='{home}'>{source}</source></item>"
    )


def google_feed(*items):
    head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><generator>NFE/5.0</generator>'
    return answer(f"{head}<title>중관춘 - Google 뉴스</title>{''.join(items)}</channel></rss>", content_type="text/xml")
