"""A search over HTTP finds a company by its other names."""

from fastapi.testclient import TestClient

from crawler.meaning.aliases import expander
from crawler.meaning.lexicon import load_lexicon
from tests.web.conftest import draft, store
from web.app import create_app


def test_a_search_for_one_name_finds_the_others(archive):
    store(archive, draft(1, title="百度의 새 차"), draft(2, title="Baidu 실적"), draft(3, title="배터리 소식"))
    app = create_app(archive, version="1", in_zone=lambda moment: moment, expand=expander(load_lexicon()))
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000)) as client:
        found = client.get("/v1/search", params={"q": "바이두"}).json()
        assert [hit["title"] for hit in found["items"]] == ["Baidu 실적", "百度의 새 차"]
        assert client.get("/v1/search", params={"q": "바이두", "as_typed": True}).json()["total"] == 0
