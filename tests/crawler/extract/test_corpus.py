"""The bars on real Korean pages. The pages belong to their outlets: they lie beside the repository, never in it."""

import importlib.util
import os
from functools import cache
from pathlib import Path

import pytest

from crawler.catalogue import load_catalogue
from crawler.extract import NoArticle, Reason, clean, extract

REPOSITORY = Path(__file__).resolve().parents[3]
CORPUS = Path(os.environ.get("ZGC_CORPUS") or REPOSITORY.parent / "shared" / "corpus")

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no folder of real pages at {CORPUS} (ZGC_CORPUS)"),
]


@cache
def report():
    spec = importlib.util.spec_from_file_location("corpus_report", REPOSITORY / "benchmarks" / "corpus_report.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def measures(profiles):
    catalogue = load_catalogue() if profiles else None
    return [report().ours(row, CORPUS, catalogue)[0] for row in report().rows(CORPUS, [])]


def mean(found, name):
    return sum(getattr(measure, name) for measure in found) / len(found)


def test_with_profiles():
    found = measures(profiles=True)
    assert len(found) == 25
    assert mean(found, "f1") >= 0.99
    assert min(measure.f1 for measure in found) >= 0.93
    assert sum(len(measure.leaked) for measure in found) <= 2
    assert sum(measure.title for measure in found) == 25
    assert sum(measure.date for measure in found) == 25
    assert sum(measure.authors for measure in found) >= 23


def test_without_profiles():
    found = measures(profiles=False)
    assert mean(found, "f1") >= 0.98
    assert min(measure.f1 for measure in found) >= 0.93
    assert sum(len(measure.leaked) for measure in found) <= 10
    assert sum(measure.title for measure in found) == 25


def test_a_real_euc_kr_page_is_decoded_and_a_list_is_no_article():
    for name in ("list-naver-politics-euckr.html", "list-mk-home.html"):
        with pytest.raises(NoArticle):
            extract((CORPUS / "pages" / name).read_bytes())


def test_a_page_encoded_again_as_euc_kr_gives_the_same_article():
    raw = (CORPUS / "pages" / "mk-2020-693939-old.html").read_bytes()
    again = raw.decode("utf-8").encode("cp949", errors="xmlcharrefreplace")
    assert extract(again).body == extract(raw).body


def test_the_text_that_started_the_project():
    text = (CORPUS / "seed.txt").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = clean(text)
    assert first.title == lines[0]
    assert len(first.body) == 14
    assert list(first.body) == list(dict.fromkeys(first.body))
    assert [line for line in lines if line in first.body][:14] == list(first.body)
    assert [(author.name, author.email) for author in first.authors] == [("조아라", "rrang123@hankyung.com")]
    by_reason = {reason: [one.text for one in first.removed if one.reason is reason] for reason in Reason}
    assert set(by_reason[Reason.TOOLBAR]) == {"-", "기사 스크랩", "공유", "댓글", "클린뷰", "프린트"}
    assert len(by_reason[Reason.TIP]) == len(by_reason[Reason.BYLINE]) == 1
    assert set(first.body[1:]) <= set(by_reason[Reason.REPEATED])
    for _ in range(99):
        assert clean(text) == first
