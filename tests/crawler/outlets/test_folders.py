"""Folders of outlet files: what the operator's files may do, and what is said when one is wrong."""

from pathlib import Path

import pytest

from crawler.catalogue import load_catalogue
from storage.errors import ConfigurationError

OUTLET = """\
id = "{id}"
name = "{name}"
home = "https://{id}.example/"
hosts = ["{id}.example"]
{extra}
[[sources]]
kind = "feed"
url = "https://{id}.example/rss"
"""


def write(
    folder: Path, name: str, *, outlet_id: str = "sample-times", extra: str = "", text: str | None = None
) -> Path:
    file = folder / name
    file.write_text(text or OUTLET.format(id=outlet_id, name=f"{outlet_id} (견본)", extra=extra), encoding="utf-8")
    return file


def said(folder: Path, *more: Path, packaged: bool = False) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_catalogue(folder, *more, packaged=packaged)
    return str(caught.value)


def test_a_file_in_the_operators_folder_adds_an_outlet(tmp_path: Path) -> None:
    write(tmp_path, "sample-times.toml")
    catalogue = load_catalogue(tmp_path)
    assert catalogue.get("sample-times").hosts == ("sample-times.example",)
    assert len(catalogue) == len(load_catalogue()) + 1


def test_the_operators_file_replaces_a_packaged_outlet_by_its_id(tmp_path: Path) -> None:
    write(tmp_path, "our-mk.toml", outlet_id="mk", extra="enabled = false")
    catalogue = load_catalogue(tmp_path)
    assert catalogue.get("mk").name == "mk (견본)"
    assert not catalogue.get("mk").enabled
    assert catalogue.for_url("https://www.mk.co.kr/news/world/11331490") is None
    assert len(catalogue) == len(load_catalogue())


def test_a_later_folder_is_laid_over_an_earlier_one(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, "a.toml", extra=f'language = "{name}"')
    catalogue = load_catalogue(tmp_path / "first", tmp_path / "second", packaged=False)
    assert [outlet.language for outlet in catalogue] == ["second"]


def test_the_operators_outlet_may_use_a_shared_design(tmp_path: Path) -> None:
    write(tmp_path, "sample-times.toml", extra='profile = "ndsoft"\n[[profiles]]\nname = "ours"\nbody = ["#text"]')
    outlet = load_catalogue(tmp_path, packaged=False).get("sample-times")
    assert [profile.name for profile in outlet.profiles] == ["ours", "ndsoft"]


def test_files_of_another_kind_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "sample-times.toml")
    write(tmp_path, "notes.txt", text="not an outlet")
    assert len(load_catalogue(tmp_path, packaged=False)) == 1


@pytest.mark.parametrize(
    ("extra", "key", "nearest"),
    [
        ('licens = "full"', "licens", "licence"),
        ("[politeness]\ndelai = 4", "politeness.delai", "delay"),
        ('[urls]\nartikel = ["x"]', "urls.artikel", "article"),
        ('[[profiles]]\nname = "a"\nbodies = ["#a"]', "profiles.0.bodies", "body"),
        ("[evidence]\nmesured = 2026-08-20", "evidence.mesured", "measured"),
    ],
)
def test_a_wrong_key_is_named_with_its_file_and_the_nearest_right_key(
    tmp_path: Path, extra: str, key: str, nearest: str
) -> None:
    file = write(tmp_path, "wrong.toml", extra=extra)
    message = said(tmp_path)
    assert str(file) in message
    assert f"`{key}`" in message
    assert f"`{nearest}`" in message


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ('[urls]\nnumber = "([0-9"', "not a regular expression"),
        ("[politeness]\ndelay = -1", "`politeness.delay`"),
        ('licence = "everything"', "`licence`"),
        ("[evidence]\nmeasured = 2026-13-40", "not valid TOML"),
    ],
)
def test_a_wrong_value_is_named_with_its_file(tmp_path: Path, extra: str, words: str) -> None:
    file = write(tmp_path, "wrong.toml", extra=extra)
    message = said(tmp_path)
    assert str(file) in message
    assert words in message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('kind = "list"\nurl = "https://sample-times.example/"', "links"),
        ('kind = "feed"\nurl = "https://sample-times.example/"\nlinks = "a"', "links"),
        ('kind = "feed"\nurl = "/rss"', "absolute"),
        ('kind = "feed"\nurl = "ftp://sample-times.example/rss"', "absolute"),
        ('kind = "feeds"\nurl = "https://sample-times.example/"', "sources.0.kind"),
    ],
)
def test_a_source_says_how_it_is_read(tmp_path: Path, source: str, words: str) -> None:
    head = OUTLET.format(id="sample-times", name="견본", extra="").split("[[sources]]")[0]
    write(tmp_path, "wrong.toml", text=f"{head}[[sources]]\n{source}\n")
    assert words in said(tmp_path)


def test_an_outlet_without_a_source_is_refused(tmp_path: Path) -> None:
    head = OUTLET.format(id="sample-times", name="견본", extra="").split("[[sources]]")[0]
    write(tmp_path, "wrong.toml", text=head)
    assert "`sources`" in said(tmp_path)


def test_two_files_with_one_id_are_both_named(tmp_path: Path) -> None:
    write(tmp_path, "a.toml")
    write(tmp_path, "b.toml")
    message = said(tmp_path)
    assert "a.toml" in message
    assert "b.toml" in message
    assert "sample-times" in message


def test_an_unknown_shared_design_lists_those_there_are(tmp_path: Path) -> None:
    file = write(tmp_path, "a.toml", extra='profile = "ndsofd"')
    message = said(tmp_path)
    assert str(file) in message
    for name in ("ndsofd", "ndsoft", "wordpress", "arc"):
        assert name in message


def test_bytes_that_are_no_text_are_an_error_of_that_file(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes("name = '매일경제'".encode("cp949"))
    message = said(tmp_path)
    assert str(file) in message


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    assert str(missing) in said(missing)


@pytest.mark.parametrize(
    ("wrong", "right"), [("hankyong", "hankyung"), ("venture-square", "venturesquare"), ("mkk", "mk")]
)
def test_an_unknown_id_names_the_nearest(wrong: str, right: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_catalogue().get(wrong)
    assert right in str(caught.value)


def test_an_id_like_nothing_else_says_how_to_see_them_all() -> None:
    with pytest.raises(ConfigurationError, match="outlets list"):
        load_catalogue().get("0000")
