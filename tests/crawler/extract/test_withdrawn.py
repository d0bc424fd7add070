import pytest

from crawler.extract.withdrawn import says_withdrawn


@pytest.mark.parametrize(
    "said",
    [
        "삭제된 기사입니다.",
        "요청하신 기사가 삭제되었습니다.",
        "해당 뉴스는 삭제 처리되었습니다.",
        "존재하지 않는 기사입니다",
        "기사를 찾을 수 없습니다.",
        "언론사의 요청으로 삭제된 기사입니다.",
        "언론사 요청에 따라 노출 중단된 기사",
        "서비스가 종료된 기사입니다.",
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "cp949"])
def test_what_outlets_say(said, charset):
    assert says_withdrawn(f"<html><body><div class='msg'>{said}</div></body></html>".encode(charset))


@pytest.mark.parametrize(
    "said",
    [
        "회사는 게시물을 삭제하지 않았다고 밝혔다.",
        "로그인이 필요합니다.",
        "<script>var message = '삭제된 기사입니다.';</script>",
        "<!-- 삭제된 기사 -->",
        "",
    ],
)
def test_other_pages(said):
    assert not says_withdrawn(f"<html><body>{said}</body></html>".encode())


def test_any_bytes_are_read():
    assert not says_withdrawn(bytes(range(256)) * 50)
    assert not says_withdrawn(b"<" * 200_000)
