from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from storage.text import clean_text, clean_value, content_hash, readable, url_key

ANY_TEXT = st.text(st.characters(codec=None))


@given(ANY_TEXT)
def test_cleaned_text_can_be_stored_and_is_stable(text):
    clean = clean_text(text)
    clean.encode()
    assert "\x00" not in clean
    assert clean_text(clean) == clean


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])))
def test_good_text_is_left_alone(text):
    assert clean_text(text) == text


def test_line_breaks_and_tabs_stay():
    assert clean_text("가\n나\t다\r\n\x0b\x1f\x7f") == "가\n나\t다\r\n"


def test_records_are_cleaned_through_and_through():
    @dataclass(frozen=True)
    class Record:
        name: str
        tags: tuple[str, ...]
        inner: "Record | None" = None
        raw: bytes = b"\x00"
        number: int = 1

    dirty = Record("a\x00", ("b\x00",), Record("c\x00", ()))
    assert clean_value(dirty) == Record("a", ("b",), Record("c", ()))
    assert clean_value(["a\x00"]) == ["a"]
    assert clean_value(None) is None
    assert clean_value(Record) is Record


@given(ANY_TEXT)
def test_readable_is_stable(text):
    assert readable(readable(text)) == readable(text)


def test_parts_do_not_run_into_each_other():
    assert content_hash("가", "나", ("다",)) != content_hash("가 나", None, ("다",))
    assert content_hash("가", None, ("나", "다")) == content_hash("가", "", ("나 다",))


def test_keys_are_short_and_differ():
    assert len(url_key("https://a.example/" + "x" * 10_000)) == 16
    assert url_key("https://a.example/1") != url_key("https://a.example/2")
