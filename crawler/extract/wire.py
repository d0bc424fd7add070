"""The news agency a text comes from: named in its dateline, in a credit line, or as its writer."""

import re
from collections.abc import Iterable

from crawler.extract.tables import table

_AGENCIES = "|".join(sorted(table("bylines")["agencies"], key=len, reverse=True))
_ANY = rf"(?:{_AGENCIES}|[가-힣]{{2,6}}통신)"
# [서울=뉴시스]   (서울=연합뉴스)   [베이징=신화통신] ...   【서울=뉴시스】
_DATELINE = re.compile(rf"^\s*[\[(【〔<]\s*[가-힣A-Za-z·\s]{{1,20}}=\s*(?P<wire>{_ANY})\s*(?:[\])】〕>]|[가-힣])")
# 견본통신 제공   [연합뉴스]   <사진·기사=뉴시스>   출처: 신화통신
_CREDIT = re.compile(
    rf"^[\s\[(<【ⓒ※▶/]*(?:(?:기사|글|출처|제공)\s*[:=·]?\s*)?(?P<wire>{_ANY})\s*(?:제공|전재|특약)?[\s\])>】.]*$"
)
_SUPPLIED = re.compile(
    r"^[\s\[(<【※/]*(?P<wire>[가-힣A-Za-z0-9]{2,12}(?:뉴스|통신|일보|신문|뉴시스|뉴스1))\s*제공[\s\])>】.]*$"
)
_LONGEST_CREDIT = 40


def credit_line(line: str) -> str | None:
    """The agency a line names, when the line does nothing else."""
    if len(line) > _LONGEST_CREDIT:
        return None
    found = _CREDIT.match(line) or _SUPPLIED.match(line)
    return found["wire"] if found else None


def wire_source(first: str, credits_: Iterable[str] = (), writers: Iterable[str] = ()) -> str | None:
    """The agency of an article: from its first paragraph, its credit lines, or a writer who is one."""
    found = _DATELINE.match(first)
    if found:
        return found["wire"]
    named = next((wire for line in credits_ if (wire := credit_line(line))), None)
    return named or next((name for name in writers if re.fullmatch(_ANY, name)), None)
