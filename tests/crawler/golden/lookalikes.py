"""Makes the look-alike page of a profile: its own containers and names around a made-up article.

    python -m tests.crawler.golden.lookalikes hankyung mk     (or --all; pages that are there are left alone)

Everything the profile names is on the page: the text where it looks for it, pieces where it drops them, captions where
it finds them. Around it stand what such pages have: a menu, tools, a notice, links to other articles.
"""

import json
import sys
from pathlib import Path

from lxml import etree, html

from crawler.catalogue import load_catalogue
from tests.crawler.golden import forms
from tests.crawler.golden.selectors import css_form, ensure, first_of, matches

PAGES = Path(__file__).parent / "pages"
# Where a container stands inside others that the profile names as well.
CONTAINERS = {("daejonilbo", "2020-mobile"): "#s_main > div > .m_cont"}
VISIBLE_TIME = "입력 2026.11.20 09:30"
VISIBLE_EDIT = "수정 2026.11.20 11:05"


def page_of(outlet, profile):
    """The page of one profile as bytes."""
    return _Page(outlet, profile).bytes()


class _Page:
    def __init__(self, outlet, profile):
        self.outlet, self.profile = outlet, profile
        self.form, self.title = forms.form_of(outlet.id), forms.title_of(outlet.id)
        self.root = etree.Element("html", lang="ko")
        self.head, self.body = etree.SubElement(self.root, "head"), etree.SubElement(self.root, "body")
        etree.SubElement(self.head, "meta", charset="utf-8")
        self.container = None
        self._frame()
        self.header = etree.SubElement(self.body, "header")
        if profile.script:
            self._fields()
            self._script()
        else:
            self._article()
        self._footer()

    def bytes(self):
        etree.indent(self.root, space=" ")
        text = html.tostring(self.root, encoding="unicode", doctype="<!doctype html>")
        return (text + "\n").encode()

    def _meta(self, name, content):
        etree.SubElement(self.head, "meta", property=name, content=content)

    def _frame(self):
        etree.SubElement(self.head, "title").text = f"{self.title} | {self.outlet.name}"
        etree.SubElement(self.head, "link", rel="canonical", href=f"{self.outlet.home}sample/1")
        self._meta("og:type", "article")
        self._meta("og:site_name", self.outlet.name)
        menu = etree.SubElement(self.body, "nav")
        for label, address in (("경제", "/economy"), ("산업", "/industry"), ("국제", "/world")):
            etree.SubElement(menu, "a", href=address).text = label

    def _article(self):
        self.container = self._container()
        self._fields()
        tools = etree.SubElement(self.container, "ul")
        for label in forms.TOOLBAR:
            etree.SubElement(etree.SubElement(tools, "li"), "button").text = label
        self._captions()
        self._text()
        self._drops()
        self._related()

    def _container(self):
        """The first body selector that no earlier design of the outlet would take for its own."""
        own = self.outlet.profiles
        earlier = [one for profile in own[: own.index(self.profile)] for one in profile.body]
        for selector in self.profile.body:
            trial = etree.Element("html")
            ensure(etree.SubElement(trial, "body"), selector)
            if not any(matches(trial, other) for other in earlier):
                return ensure(self.body, CONTAINERS.get((self.outlet.id, self.profile.name), selector))
        raise SystemExit(f"{self.outlet.id}: the design {self.profile.name} is hidden by those before it.")

    def _fields(self):
        """Headline, writers and times where the profile looks for them, before the text."""
        profile = self.profile
        self._put(profile.title or ("meta[property='og:title']", "h1"), self.title, shown="h1")
        self._put(profile.subtitle, forms.SUBTITLE)
        self._put(profile.authors, f"{forms.WRITER} 기자")
        self._put(profile.published, forms.PUBLISHED, visible=VISIBLE_TIME, every=True)
        self._put(profile.modified, forms.MODIFIED, visible=VISIBLE_EDIT, every=True)
        self._put(profile.section, forms.SECTION)
        if not profile.published:
            etree.SubElement(self.header, "div").text = VISIBLE_TIME

    def _put(self, selectors, value, *, visible=None, every=False, shown=None):
        """Meta elements all say it; of the places on the page the first does, or each with `every`."""
        placed = False
        for selector in selectors:
            if selector.startswith("meta"):
                meta = ensure(self.head, selector)
                suffix = f" - {self.outlet.name}" if "title" in selector else ""
                meta.set("content", value + suffix)
            elif every or not placed:
                element = self._place(selector)
                self._say(element, value, visible)
                placed = True
        if shown and not placed:
            etree.SubElement(self.header, shown).text = value

    def _say(self, element, value, visible):
        for attribute in ("datetime", "data-published-time", "data-date-time"):
            if attribute in element.attrib or (attribute == "datetime" and element.tag == "time"):
                element.set(attribute, value)
        element.text = visible or value

    def _place(self, selector):
        """Where a field stands: in the container if the profile drops it there, else before the text."""
        first = first_of(selector)
        if self.container is not None and first in {css_form(one) for one in self.profile.drop}:
            return ensure(self.container, selector)
        known = [one for one in matches(self.root, selector) if not "".join(one.itertext()).strip()]
        free = [one for one in known if one is not self.container and self.container not in one.iterdescendants()]
        if free:
            return free[0]
        is_chain = css_form(selector) != first and matches(self.root, first)
        element = ensure(self.root if is_chain else self.header, selector, fresh=bool(matches(self.root, selector)))
        self._move_before_text(element)
        return element

    def _move_before_text(self, element):
        if self.container is None:
            return
        around = list(self.container.iterancestors())
        node = element
        while node.getparent() is not None and node.getparent() not in around:
            node = node.getparent()
        branch = next((one for one in (self.container, *around) if one.getparent() is node.getparent()), None)
        if branch is not None and node is not branch and node is not self.header:
            branch.addprevious(node)

    def _top(self):
        """The element right under `body` that holds the article."""
        top = self.container
        while top.getparent() is not self.body:
            top = top.getparent()
        return top

    def _captions(self):
        for selector in self.profile.captions:
            if matches(self.container, selector):
                continue
            holder = etree.SubElement(self.container, "figure") if selector == "figcaption" else self.container
            element = ensure(holder, selector)
            image = etree.Element("img", src="/sample.jpg", alt="견본 사진")
            if element.tag == "table":
                for content in (image, forms.CAPTION):
                    cell = etree.SubElement(etree.SubElement(element, "tr"), "td")
                    cell.append(content) if content is image else setattr(cell, "text", content)
                continue
            element.text = forms.CAPTION
            element.addprevious(image)

    def _text(self):
        form = self.form
        lines = [*forms.paragraphs_of(self.outlet.id), form.byline, *([form.tip] if form.tip else [])]
        lines.append(form.notice.format(name=self.outlet.name))
        for line in lines:
            if form.bare:
                etree.SubElement(self.container, "br").tail = line
                etree.SubElement(self.container, "br")
            else:
                etree.SubElement(self.container, "p").text = line

    def _drops(self):
        for number, selector in enumerate(self.profile.drop, start=1):
            known = matches(self.container, selector)
            element = known[0] if known else ensure(self.container, selector)
            if not "".join(element.itertext()).strip():
                element.text = forms.DROPPED.format(n=number)

    def _related(self):
        top = self._top()
        box = etree.Element("div", {"class": "related-sample"})
        etree.SubElement(box, "strong").text = "관련기사"
        rows = etree.SubElement(box, "ul")
        for text in forms.RELATED:
            etree.SubElement(etree.SubElement(rows, "li"), "a", href="/sample/1").text = text
        top.addnext(box)

    def _footer(self):
        etree.SubElement(self.body, "footer").text = "견본 페이지: 실제 기사가 아닙니다."

    def _script(self):
        paragraphs = [
            *forms.paragraphs_of(self.outlet.id),
            self.form.byline,
            self.form.notice.format(name=self.outlet.name),
        ]
        script = etree.SubElement(self.body, "script")
        script.text = _PAYLOADS[self.profile.script](self.title, paragraphs)


def _fusion(title, paragraphs):
    content = {
        "headlines": {"basic": title},
        "subheadlines": {"basic": forms.SUBTITLE},
        "credits": {"by": [{"name": forms.WRITER}]},
        "first_publish_date": "2026-11-20T00:30:00Z",
        "last_updated_date": "2026-11-20T02:05:00Z",
        "content_elements": [
            {"type": "image", "caption": forms.CAPTION},
            *({"type": "text", "content": text.replace("<", "&lt;").replace(">", "&gt;")} for text in paragraphs),
        ],
    }
    text = json.dumps(content, ensure_ascii=False)
    return f"window.Fusion=window.Fusion||{{}};Fusion.globalContent={text};Fusion.contextPath='/pf';"


def _next_f(title, paragraphs):
    del title
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return "self.__next_f.push(" + json.dumps([1, f"24:T{len(body.encode()):x},{body}"], ensure_ascii=False) + ")"


_PAYLOADS = {"fusion": _fusion, "next_f": _next_f}


def main(arguments):
    catalogue = load_catalogue()
    wanted = list(catalogue) if arguments == ["--all"] else [catalogue.get(one) for one in arguments]
    for outlet in wanted:
        for profile in outlet.profiles:
            file = PAGES / outlet.id / f"{profile.name}.html"
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(page_of(outlet, profile))
                sys.stdout.write(f"{file.relative_to(PAGES)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
