"""The other extractors. Runs in their own virtual environment and imports nothing of this project.

    python peers.py NAME        one JSON line per page in (id, html as base64, url), one out

The first line out says whether the extractor is there: {"ready": version} or {"missing": reason}. Each is set up as its
documentation says for Korean news, without network: images off, Korean stop words where there are any.
"""

import base64
import importlib
import json
import re
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

Answer = dict[str, Any]
Run = Callable[[bytes, str | None], Answer]

BLOCKS = (
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "td",
    "br",
    "blockquote",
    "pre",
    "section",
    "figcaption",
)


def text_of(raw: bytes) -> str:
    """For extractors that want text: the decoding that was right on every page of the corpus. It favours the peers."""
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", errors="replace")


def plain_newspaper() -> None:
    """newspaper's Korean tokenizer needs data that pip does not install; a regular expression splits words instead."""
    importlib.import_module("newspaper.languages.ko").tokenizer = re.compile(r"\w+").findall


def trafilatura() -> Run:
    from trafilatura import bare_extraction

    def run(raw: bytes, url: str | None) -> Answer:
        found = bare_extraction(raw, url=url, include_comments=False, with_metadata=True)
        if found is None:
            return {}
        return {
            "text": found.text,
            "title": found.title,
            "date": found.date,
            "authors": (found.author or "").split(";"),
        }

    return run


def newspaper4k() -> Run:
    from newspaper import Article

    plain_newspaper()

    def run(raw: bytes, url: str | None) -> Answer:
        text = text_of(raw)
        language = "ko" if re.search("[가-힣]", text) else "en"
        article = Article(url or "https://news.example/1", language=language, fetch_images=False)
        article.download(input_html=text)
        article.parse()
        return {"text": article.text, "title": article.title, "date": article.publish_date, "authors": article.authors}

    return run


def news_please() -> Run:
    from newsplease import NewsPlease

    plain_newspaper()

    def run(raw: bytes, url: str | None) -> Answer:
        found = NewsPlease.from_html(text_of(raw), url=url, fetch_images=False)
        return {"text": found.maintext, "title": found.title, "date": found.date_publish, "authors": found.authors}

    return run


def readability() -> Run:
    import lxml.html
    from readability import Document

    def run(raw: bytes, url: str | None) -> Answer:
        document = Document(text_of(raw), url=url)
        tree = lxml.html.fragment_fromstring(document.summary(html_partial=True), create_parent="div")
        for element in tree.iter(*BLOCKS):
            element.tail = "\n" + (element.tail or "")
            element.text = "\n" + (element.text or "")
        return {"text": tree.text_content(), "title": document.short_title(), "authors": [document.author()]}

    return run


def resiliparse() -> Run:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    def run(raw: bytes, _url: str | None) -> Answer:
        tree = HTMLTree.parse(text_of(raw))
        return {"text": extract_plain_text(tree, main_content=True, alt_texts=False), "title": tree.title}

    return run


def goose3() -> Run:
    from goose3 import Goose
    from goose3.text import StopWordsKorean

    korean = {"use_meta_language": False, "target_language": "ko", "stopwords_class": StopWordsKorean}
    goose, default = Goose({"enable_image_fetching": False, **korean}), Goose({"enable_image_fetching": False})

    def run(raw: bytes, url: str | None) -> Answer:
        text = text_of(raw)
        found = (goose if re.search("[가-힣]", text) else default).extract(raw_html=text, url=url)
        return {"text": found.cleaned_text, "title": found.title, "date": found.publish_date, "authors": found.authors}

    return run


PEERS = {
    "trafilatura": (trafilatura, "trafilatura"),
    "newspaper4k": (newspaper4k, "newspaper4k"),
    "news-please": (news_please, "news-please"),
    "readability-lxml": (readability, "readability-lxml"),
    "resiliparse": (resiliparse, "Resiliparse"),
    "goose3": (goose3, "goose3"),
}


def tidy(found: Answer) -> Answer:
    """Plain values: lines, a title, an ISO date as the extractor states it, names."""
    date = found.get("date")
    return {
        "body": [line.strip() for line in (found.get("text") or "").splitlines() if line.strip()],
        "title": found.get("title") or None,
        "date": None if not date else date if isinstance(date, str) else date.isoformat(),
        "authors": [name.strip() for name in found.get("authors") or () if name and name.strip()],
    }


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # libraries print; the answers keep their own way out
    make, package = PEERS[sys.argv[1]]
    try:
        run = make()
        answers.write(json.dumps({"ready": version(package)}) + "\n")
    except Exception as error:  # noqa: BLE001 - whatever is missing, the table says so
        answers.write(json.dumps({"missing": f"{type(error).__name__}: {error}"}) + "\n")
        return
    answers.flush()
    for line in sys.stdin:
        job = json.loads(line)
        started = time.perf_counter()
        try:
            answer = tidy(run(base64.b64decode(job["html"]), job["url"]))
        except Exception as error:  # noqa: BLE001 - an extractor that fails on a page has found nothing there
            answer = {**tidy({}), "error": f"{type(error).__name__}: {str(error)[:200]}"}
        answer |= {"id": job["id"], "seconds": time.perf_counter() - started}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
