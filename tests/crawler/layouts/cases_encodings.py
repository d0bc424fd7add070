"""Pages in other bytes than they claim. The bytes are what counts."""

from dataclasses import replace

from .pages import Layout, br_lines, layout, p_tags
from .stories import FUNDING, HANJA, POLICY, ROBOTS, UNUSUAL


def cases() -> list[Layout]:
    return [
        euc_kr(),
        euc_kr_header_only(),
        euc_kr_undeclared(),
        euc_kr_called_utf_8(),
        cp949_syllables(),
        utf_8_called_euc_kr(),
        byte_order_mark(),
        one_broken_byte(),
        entities(),
    ]


def euc_kr() -> Layout:
    body = br_lines(FUNDING.paragraphs)
    return layout(
        "EUC-KR, rightly declared",
        "weekly",
        FUNDING,
        body,
        charset="euc-kr",
        encoding="euc-kr",
        content_type="text/html",
    )


def euc_kr_header_only() -> Layout:
    page = euc_kr()
    silent = page.page.replace(b"; charset=euc-kr", b"")
    return replace(page, name="EUC-KR, declared by the header", page=silent, content_type="text/html; charset=EUC-KR")


def euc_kr_undeclared() -> Layout:
    page = euc_kr()
    return replace(page, name="EUC-KR, undeclared", page=page.page.replace(b"; charset=euc-kr", b""), content_type=None)


def euc_kr_called_utf_8() -> Layout:
    body = p_tags(ROBOTS.paragraphs)
    return layout("EUC-KR, called UTF-8", "daily", ROBOTS, body, encoding="euc-kr")


def cp949_syllables() -> Layout:
    """Syllables that EUC-KR lacks and Windows code page 949 has, on a page that says euc-kr."""
    body = br_lines(UNUSUAL.paragraphs)
    return layout(
        "CP949 syllables, called EUC-KR",
        "weekly",
        UNUSUAL,
        body,
        charset="euc-kr",
        encoding="cp949",
        content_type="text/html",
    )


def utf_8_called_euc_kr() -> Layout:
    body = p_tags(POLICY.paragraphs)
    return layout(
        "UTF-8, called EUC-KR", "daily", POLICY, body, charset="euc-kr", content_type="text/html; charset=euc-kr"
    )


def byte_order_mark() -> Layout:
    body = p_tags(HANJA.paragraphs)
    return layout(
        "UTF-8 with byte order mark", "online", HANJA, body, encoding="utf-8-sig", charset="euc-kr", content_type=None
    )


def one_broken_byte() -> Layout:
    """A page cut from a database column: one letter of the menu is half gone, the rest is UTF-8."""
    page = layout("UTF-8 with one broken letter", "daily", FUNDING, p_tags(FUNDING.paragraphs))
    menu = "오피니언".encode()
    return replace(page, page=page.page.replace(menu, menu[:-1], 1))


def entities() -> Layout:
    """Every letter of the body as a numeric reference, in an ASCII page."""
    body = "".join(f"<p>{line.encode('ascii', 'xmlcharrefreplace').decode()}</p>" for line in POLICY.paragraphs)
    return layout("numeric references", "online", POLICY, body)
