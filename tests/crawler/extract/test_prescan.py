import gzip

import pytest

from crawler.extract import NoArticle, extract
from crawler.extract.prescan import FLOOD_OF_TAGS, LARGEST, MOST_TAGS, prescan

from .samples import STORY, page, paragraphs


@pytest.mark.parametrize(
    "bytes_", [b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", gzip.compress(b"<html>", mtime=0), b"GIF89a", b"PK\x03\x04"]
)
def test_what_is_no_page_is_named(bytes_):
    with pytest.raises(NoArticle, match="not HTML"):
        prescan(bytes_)


def test_a_page_too_large_or_of_too_many_tags_is_not_read():
    with pytest.raises(NoArticle, match="MB"):
        prescan(b"x" * (LARGEST + 1))
    with pytest.raises(NoArticle, match="tags"):
        prescan(b"<i>x" * (MOST_TAGS + 1))


def test_floods_are_told_and_empty_lines_in_a_row_cost_nothing():
    assert prescan(b"<b>x" * (FLOOD_OF_TAGS + 1)).flood
    scanned = prescan(page(f"<div id='articleBody'>{paragraphs()}{'<br>' * 200_000}</div>"))
    assert not scanned.flood
    assert len(scanned.page) < 10_000


def test_a_tag_of_thousands_of_attributes_loses_them_and_a_picture_as_data_stays():
    many = "".join(f" data-a{number}='x'" for number in range(20_000))
    picture = f"<img src='data:image/png;base64,{'A' * 50_000}'>"
    html = page(f"<div id='articleBody'{many}>{paragraphs()}{picture}</div>")
    assert len(prescan(html).page) < 60_000
    assert extract(html).body == STORY
