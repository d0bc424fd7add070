import pytest

from crawler.extract.encoding import decode

TEXT = "<html><meta charset='euc-kr'><p>똠방각하와 펲시맨이 중관춘에 갔다</p></html>"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-32"])
def test_bytes_are_believed_whatever_the_page_declares(charset):
    decoded = decode(TEXT.encode(charset))
    assert decoded.text == TEXT
    assert decoded.damaged == 0


def test_euc_kr_is_part_of_cp949():
    assert decode("중관춘".encode("euc-kr")).charset == "cp949"


def test_a_few_damaged_bytes_do_not_turn_the_page_around():
    utf8 = TEXT.encode() + b"\xff\xfe" + TEXT.encode()
    assert decode(utf8).charset == "utf-8"
    assert decode(utf8).text.count("중관춘") == 2
    cp949 = TEXT.encode("cp949") + b"\xff" + TEXT.encode("cp949")
    assert decode(cp949).charset == "cp949"
    assert decode(cp949).damaged == 1


def test_nothing_is_an_empty_text():
    assert decode(b"").text == ""
