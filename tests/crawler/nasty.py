"""Inputs that break parsers, eat memory or never end. Each is made on demand: the largest has 50 MB."""
# ruff: noqa: E501 - a Korean letter counts as two columns; sample text stays on its line

import base64
import gzip
import json
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass

MB = 1024 * 1024
SENTENCE = "견본모터스가 연구 인력 120명을 새로 뽑는다고 2일 밝혔다. "
# 1×1 pixel, the smallest picture there is
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True)
class Nasty:
    """One hostile input. `quick` ones are small enough for every test run."""

    name: str
    make: Callable[[], bytes]
    quick: bool = False


def page(body: str | bytes, head: str = "") -> bytes:
    inner = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    front = (
        f"<!doctype html><html><head><meta charset='utf-8'><title>견본 | 견본일보</title>{head}</head><body>".encode()
    )
    return front + inner + b"</body></html>"


def paragraphs(size: int) -> str:
    return f"<p>{SENTENCE * 3}</p>" * (size // len(f"<p>{SENTENCE * 3}</p>".encode()) + 1)


def article(extra: str = "", head: str = "") -> bytes:
    """A short true article with something nasty in its body."""
    return page(f"<article><h1>견본모터스</h1>{paragraphs(2000)}{extra}{paragraphs(2000)}</article>", head)


def good_page() -> bytes:
    """What must be served right after each nasty one."""
    return article()


def table(rows: int, columns: int) -> str:
    row = "<tr>" + "".join(f"<td>{number}만원</td>" for number in range(columns)) + "</tr>"
    return f"<table>{row * rows}</table>"


def nested(tag: str, depth: int, inner: str = SENTENCE) -> str:
    return f"<{tag}>" * depth + inner + f"</{tag}>" * depth


def attributes(count: int) -> str:
    return "<div " + " ".join(f"data-a{number}='{number}'" for number in range(count)) + f">{SENTENCE}</div>"


def links(count: int) -> str:
    return "".join(f"<a href='/news/{number}'>견본 기사 {number}</a> " for number in range(count))


def json_ld(payload: str) -> str:
    return f"<script type='application/ld+json'>{payload}</script>"


def random_bytes(count: int, seed: int = 7) -> bytes:
    return random.Random(seed).randbytes(count)


def random_tags(count: int, seed: int = 11) -> str:
    rng = random.Random(seed)
    names = (
        "p",
        "div",
        "table",
        "tr",
        "td",
        "b",
        "i",
        "ul",
        "li",
        "a",
        "span",
        "form",
        "select",
        "option",
        "h2",
        "svg",
    )
    return "".join(f"<{'/' if rng.random() < 0.4 else ''}{rng.choice(names)}>견본 {number}" for number in range(count))


def next_pushes(count: int) -> str:
    return "".join(
        f'<script>self.__next_f.push([1,"{number}:[\\"$\\",\\"p\\",null,{{}}]"])</script>' for number in range(count)
    )


def zip_bomb() -> bytes:
    return gzip.compress(b" " * (20 * MB))


def utf_16(text: str) -> bytes:
    return page(text).decode("utf-8").encode("utf-16")


def png_pixels() -> bytes:
    rows = zlib.compress(b"\0" + bytes(300_000))
    return PNG + rows


def long_lines(count: int) -> str:
    return "".join(f"<div>{number} {SENTENCE}</div>" for number in range(count))


def alike_sentences(count: int) -> str:
    return "".join(
        f"<p>{number}번 종목은 전 거래일보다 {number}원 오른 {number * 7}원에 거래를 마쳤다.</p>"
        for number in range(count)
    )


def unique_paragraphs(count: int, seed: int = 5) -> str:
    rng = random.Random(seed)
    words = SENTENCE.split()
    return "".join(f"<p>{number} {' '.join(rng.choices(words, k=12))} {rng.random()}</p>" for number in range(count))


def same_paragraph(count: int) -> str:
    return f"<p>{SENTENCE * 2}</p>" * count


NASTY: tuple[Nasty, ...] = (
    # size
    Nasty("50 MB of paragraphs", lambda: page(paragraphs(50 * MB))),
    Nasty("35 MB of paragraphs", lambda: page(paragraphs(35 * MB))),
    Nasty("15 MB of paragraphs", lambda: page(paragraphs(15 * MB))),
    Nasty("30k unique paragraphs", lambda: page(unique_paragraphs(30_000))),
    Nasty("10 MB of paragraphs", lambda: page(paragraphs(10 * MB))),
    Nasty("one 10 MB text node", lambda: page("<p>" + SENTENCE * (10 * MB // len(SENTENCE.encode())) + "</p>")),
    Nasty("10 MB without a space", lambda: page("<p>" + "가" * (10 * MB // 3) + "</p>")),
    Nasty("1 MB without a space", lambda: page("<p>" + "a" * MB + "</p>"), quick=True),
    Nasty("1M spaces", lambda: article("<p>" + " " * 1_000_000 + "</p>"), quick=True),
    Nasty("1M line breaks", lambda: article("<pre>" + "\n" * 1_000_000 + "</pre>")),
    Nasty("1M no-break spaces", lambda: article("<p>" + "&nbsp;" * 1_000_000 + "</p>")),
    Nasty("5 MB inline script", lambda: article("<script>var a='" + "x" * (5 * MB) + "'</script>")),
    Nasty("5 MB style sheet", lambda: article(head="<style>" + ".a{color:red}" * (5 * MB // 13) + "</style>")),
    Nasty("5 MB comment", lambda: article("<!--" + "x-" * (5 * MB // 2) + "-->")),
    Nasty("5 MB data image", lambda: article(f"<img src='data:image/png;base64,{'A' * (5 * MB)}'>")),
    Nasty("5 MB title", lambda: page(paragraphs(4000), f"<title>{SENTENCE * 60_000}</title>")),
    # tables, links, attributes
    Nasty("table of 4,000 rows", lambda: page(table(4000, 6))),
    Nasty("table of 186 kB in an article", lambda: article(table(3000, 4))),
    Nasty("table of 300 rows", lambda: page(table(300, 6)), quick=True),
    Nasty("table of 2,000 columns", lambda: page(table(5, 2000))),
    Nasty("tables in tables, 500 deep", lambda: page("<table><tr><td>" * 500 + SENTENCE)),
    Nasty("100k attributes", lambda: page(attributes(100_000))),
    Nasty("3k attributes", lambda: page(attributes(3_000)), quick=True),
    Nasty("one attribute of 5 MB", lambda: article(f"<div data-x='{'x' * (5 * MB)}'>{SENTENCE}</div>")),
    Nasty("100k classes", lambda: article(f"<div class='{' '.join(f'c{n}' for n in range(100_000))}'>{SENTENCE}</div>")),
    Nasty("100k links", lambda: page(links(100_000))),
    Nasty("5k links", lambda: page(links(5_000)), quick=True),
    Nasty("100k images", lambda: article("<img src='/a.jpg' alt='견본'>" * 100_000)),
    Nasty("50k form fields", lambda: article("<form>" + "<input name='a'><option>견본" * 50_000 + "</form>")),
    # depth
    Nasty("100k nested div", lambda: page(nested("div", 100_000))),
    Nasty("20k nested div, each with text", lambda: page(f"<div>{SENTENCE}" * 20_000)),
    Nasty("5k nested div", lambda: page(nested("div", 5_000)), quick=True),
    Nasty("100k nested inline tags", lambda: page(nested("b", 100_000))),
    Nasty("20k nested lists", lambda: page("<ul><li>" * 20_000 + SENTENCE)),
    Nasty("20k nested quotes", lambda: page(nested("blockquote", 20_000))),
    Nasty("5k nested paragraphs in spans", lambda: page("<span><p>" * 5_000 + SENTENCE)),
    Nasty("1k nested mixed tags, never closed", lambda: page("<div><b><ul><li><font>" * 1_000 + SENTENCE), quick=True),
    # floods
    Nasty("200k br", lambda: article("<br>" * 200_000)),
    Nasty("5k br", lambda: article("<br>" * 5_000), quick=True),
    Nasty("100k br with text", lambda: article("견본<br>" * 100_000)),
    Nasty("100k empty paragraphs", lambda: article("<p></p>" * 100_000)),
    Nasty("500k entities", lambda: article("<p>" + "&amp;" * 500_000 + "</p>")),
    Nasty("100k unknown entities", lambda: article("<p>" + "&bogus;" * 100_000 + "</p>")),
    Nasty("huge character references", lambda: article("<p>" + "&#99999999;&#xFFFFFFFF;&#0;&#xD800;" * 5_000 + "</p>"), quick=True),
    Nasty("entity definitions that explode", lambda: b'<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa">' + b"".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10 if n else "&a;"}">'.encode() for n in range(9)) + b"]><html><body><p>&b8;</p></body></html>", quick=True),
    Nasty("external entity", lambda: b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><html><body><p>&f;</p></body></html>', quick=True),
    Nasty("300k unclosed p", lambda: page("<p>견본" * 300_000)),
    Nasty("100k stray end tags", lambda: article("</div></p></span>" * 33_000)),
    Nasty("100k less-than signs", lambda: page("<p>" + "<" * 100_000)),
    Nasty("20k processing instructions", lambda: article("<?php echo 1 ?>" * 20_000)),
    Nasty("CDATA sections", lambda: article(f"<![CDATA[{SENTENCE}]]>" * 5_000), quick=True),
    Nasty("open comment", lambda: article("<!-- " + SENTENCE * 1_000), quick=True),
    Nasty("random tags", lambda: page(random_tags(50_000))),
    Nasty("10k frames and objects", lambda: article("<iframe src='/x'></iframe><object><embed>" * 5_000)),
    Nasty("20k svg parts", lambda: article("<svg><g><path d='M0 0'/><foreignObject><p>x</p></foreignObject></g></svg>" * 4_000)),
    # scripts that carry data
    Nasty("JSON-LD 100k deep", lambda: article(head=json_ld("[" * 100_000))),
    Nasty("JSON-LD 900 deep, valid", lambda: article(head=json_ld("[" * 900 + "]" * 900)), quick=True),
    Nasty("JSON-LD of 10 MB", lambda: article(head=json_ld(json.dumps({"@type": "NewsArticle", "articleBody": SENTENCE * 110_000})))),
    Nasty("JSON-LD, 10k blocks", lambda: article(head=json_ld('{"@type":"NewsArticle"}') * 10_000)),
    Nasty("JSON-LD with odd types", lambda: article(head=json_ld('{"@type":7,"headline":[1],"author":{"name":{}},"datePublished":[],"articleBody":9}')), quick=True),
    Nasty("JSON-LD with a huge number", lambda: article(head=json_ld('{"datePublished":' + "9" * 100_000 + "}")), quick=True),
    Nasty("20k next_f pushes", lambda: article(next_pushes(20_000))),
    Nasty("next_f with a false length", lambda: article('<script>self.__next_f.push([1,"1:Tffffffff,abc"])</script>'), quick=True),
    Nasty("Fusion content never closed", lambda: article("<script>Fusion.globalContent={" + '"a":{' * 20_000 + "</script>"), quick=True),
    # meta and dates
    Nasty("50k meta tags", lambda: article(head="<meta property='article:published_time' content='2026-13-45T99:99'>" * 50_000)),
    Nasty("impossible dates", lambda: article("<time datetime='99999-99-99'>0000년 0월 0일 오후 99:99</time>"), quick=True),
    Nasty("charset that does not exist", lambda: b"<meta charset='x-no-such'>" + article(), quick=True),
    # repeats
    Nasty("20k times the same paragraph", lambda: page(same_paragraph(20_000))),
    Nasty("500 times the same paragraph", lambda: page(same_paragraph(500)), quick=True),
    Nasty("10k alike sentences", lambda: page(alike_sentences(10_000))),
    Nasty("30k lines in div", lambda: page(long_lines(30_000))),
    Nasty("100k times one letter in a paragraph", lambda: page("<p>" + "가나" * 50_000 + ".</p>" + f"<p>{SENTENCE * 4}</p>")),
    # wording traps for regular expressions
    Nasty("100k spaced digits", lambda: article("<p>" + "1 " * 100_000 + "</p>")),
    Nasty("100k at signs", lambda: article("<p>" + "a@" * 50_000 + "</p>")),
    Nasty("50k open brackets", lambda: article("<p>" + "[(" * 50_000 + "</p>")),
    Nasty("50k triangles", lambda: article("<p>" + "▶ " * 50_000 + "기자</p>")),
    Nasty("30k reporters", lambda: article("<p>" + "김견본 기자 " * 30_000 + "</p>")),
    Nasty("5k bylines with mail", lambda: article("<p>김견본 기자 sample.kim@example.com</p>" * 5_000)),
    # bytes
    Nasty("empty", lambda: b"", quick=True),
    Nasty("byte order mark only", lambda: b"\xef\xbb\xbf", quick=True),
    Nasty("one NUL", lambda: b"\0", quick=True),
    Nasty("NUL between all letters", lambda: b"\0".join(bytes([one]) for one in article()), quick=True),
    Nasty("1 MB of NUL", lambda: b"\0" * MB, quick=True),
    Nasty("PNG", lambda: PNG, quick=True),
    Nasty("PNG with data", png_pixels, quick=True),
    Nasty("gzip of a page", lambda: gzip.compress(article()), quick=True),
    Nasty("gzip bomb", zip_bomb, quick=True),
    Nasty("random bytes, 64 kB", lambda: random_bytes(65_536), quick=True),
    Nasty("random bytes, 5 MB", lambda: random_bytes(5 * MB)),
    Nasty("random bytes in an article", lambda: page(b"<p>" + random_bytes(200_000) + b"</p>"), quick=True),
    Nasty("PDF head", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + random_bytes(50_000), quick=True),
    Nasty("half letters", lambda: page(SENTENCE.encode()[:-2] * 2_000), quick=True),
    Nasty("lone surrogates", lambda: page(f"<p>{SENTENCE * 5}\ud800\udfff{SENTENCE}</p>"), quick=True),
    Nasty("UTF-16", lambda: utf_16(paragraphs(4000)), quick=True),
    Nasty("EUC-KR and UTF-8 mixed", lambda: page(SENTENCE.encode("euc-kr") * 50 + SENTENCE.encode() * 50), quick=True),
    Nasty("control characters", lambda: page("".join(map(chr, range(1, 32))) * 3_000 + SENTENCE), quick=True),
    Nasty("combining marks", lambda: article("<p>가" + "\u0301" * 200_000 + "</p>")),
    Nasty("direction overrides", lambda: article("<p>" + "\u202e\u2066\u200f" * 20_000 + "</p>"), quick=True),
    Nasty("ligatures that grow eighteenfold", lambda: article("<p>" + "\ufdfa" * 100_000 + "</p>")),
    Nasty("JSON instead of a page", lambda: b'{"error": "not found"}', quick=True),
    Nasty("plain text", (SENTENCE * 40).encode, quick=True),
    Nasty("XML feed", lambda: b"<?xml version='1.0'?><rss><channel>" + b"<item><title>a</title></item>" * 2_000 + b"</channel></rss>", quick=True),
)  # fmt: skip
