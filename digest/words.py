"""The frame's own words in the languages it speaks. What outlets wrote is never translated."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

LANGUAGES = ("ko", "en")
KOREAN_DAYS = "월화수목금토일"
ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Korean, English; where English counts, one and more are parted by a bar.
TABLE: dict[str, tuple[str, str]] = {
    # the head
    "form.daily": ("", ""),
    "form.weekly": (" 주간", " Weekly"),
    "form.alert": (" 알림", " Alert"),
    "more": (" 외 {count}건", " and {count} more"),
    "subject.none": ("새 소식 없음", "no news"),
    "subject.corrections": ("수정 {count}건", "{count} correction|{count} corrections"),
    "mark.reissue": ("[정정]", "[Corrected]"),
    "window": ("{window} 사이에 처음 확인한 보도", "reports first seen {window}"),
    "catch_up": (
        "거른 발송을 한 호에 모았습니다: {window}",
        "This issue makes up for mails that did not go out: {window}",
    ),
    "reissue": (
        "먼저 보낸 같은 호를 대신합니다. 지금의 기사 상태와 이용 허락에 따라 다시 만들었습니다.",
        "Replaces the same issue sent before, made anew from the articles and rights of today.",
    ),
    "sample": (
        "(예시) 표시가 있는 언론사와 기사는 지어낸 것입니다. 사실이 아닙니다.",
        "Outlets and articles marked (예시) are made up. Nothing in them is true.",
    ),
    "total.stories": ("이슈", "stories"),
    "total.reports": ("보도", "reports"),
    "total.outlets": ("언론사", "outlets"),
    "total.deals": ("딜", "deals"),
    "total.corrections": ("수정", "changed"),
    "summary": (
        "이슈 {stories}건 · 보도 {reports}건 · 언론사 {outlets}곳",
        "{stories} stories · {reports} reports · {outlets} outlets",
    ),
    "summary.deals": ("딜 {count}건", "{count} deal|{count} deals"),
    "summary.corrections": ("수정 {count}건", "{count} correction|{count} corrections"),
    "no_news": (
        "이 기간에 새로 확인한 관련 보도가 없습니다.",
        "No report of this watch was first seen in this time.",
    ),
    # coverage
    "coverage": ("확인 범위", "Coverage"),
    "coverage.line": ("{outlets}곳 중 {confirmed}곳 확인", "{confirmed} of {outlets} outlets read"),
    "coverage.failing": ("{name} {since}부터 응답 없음", "{name}: no answer since {since}"),
    "coverage.blocked": ("{name} {since}부터 접속 거부", "{name}: refuses us since {since}"),
    "coverage.degraded": ("{name} {since}부터 본문을 다 읽지 못함", "{name}: not read in full since {since}"),
    "coverage.quiet": ("{name} {since}부터 새 기사 없음", "{name}: nothing new since {since}"),
    "coverage.partly": (
        "{name} 목록 {sources}개 중 {failing}개가 {since}부터 응답 없음",
        "{name}: {failing} of {sources} lists without answer since {since}",
    ),
    "coverage.unseen": ("{name} 이 기간에 확인하지 못함", "{name}: not looked at in this time"),
    "coverage.rest": ("그 밖에 {count}곳도 살펴볼 것", "{count} more with trouble"),
    # sections
    "section.top": ("주요 이슈", "Top stories"),
    "section.rest": ("그 밖의 이슈", "Other stories"),
    "section.other": ("그 밖의 소식", "Other news"),
    "section.follow_ups": ("이어지는 이슈", "Follow-ups"),
    "section.corrections": ("수정", "Corrections"),
    "section.deals": ("딜", "Deals"),
    "count": ("{count}건", "{count}"),
    # cards
    "no_title": ("{outlet} 보도 (제목을 싣지 않는 언론사)", "A report of {outlet} (shows no headlines)"),
    "no_title.short": ("{outlet} 기사", "an article of {outlet}"),
    "also": ("함께 보도 {count}곳", "also reported by {count} outlet|also reported by {count} outlets"),
    "also.same": ("같은 언론사의 다른 기사", "more by the same outlet"),
    "new_reports": ("새로 보도 {count}곳", "new reports by {count} outlet|new reports by {count} outlets"),
    "others.more": (" 외 {count}건", " and {count} more"),
    "companies": ("기업", "Companies"),
    "amounts": ("금액", "Amounts"),
    "new": ("새로 나온 것", "New in it"),
    "before": ("이어지는 이슈", "Follow-up"),
    "before.said": ("{day} 메일의 {what}", "{what} in the mail of {day}"),
    "before.report": ("{outlet} 보도", "a report of {outlet}"),
    "why": ("실은 까닭", "Why it is here"),
    "why_top": ("먼저 실은 까닭", "Why it comes first"),
    "top.outlets": ("{count}곳 보도", "{count} outlet|{count} outlets"),
    "top.deal": ("{kind} {money}", "{kind} {money}"),
    "top.companies": ("주요 기업 {count}곳", "{count} company|{count} companies"),
    # corrections
    "corrections.note": ("앞서 메일에 실린 기사 {count}건이 바뀌었습니다", "of articles mailed before"),
    "corrected.title": ("제목 수정", "headline changed"),
    "corrected.body": ("본문 수정", "text changed"),
    "corrected.both": ("제목·본문 수정", "headline and text changed"),
    "corrected.gone": ("기사 삭제", "taken down"),
    "corrected.back": ("다시 실림", "published again"),
    "corrected.seen": ("{at} 확인 · {day} 메일에 실림", "seen {at} · in the mail of {day}"),
    "detail.title": ("이전 제목", "Headline before"),
    "detail.before": ("이전", "Before"),
    "detail.after": ("이후", "After"),
    "detail.gone": ("언론사가 이 기사를 내렸습니다.", "The outlet took this article down."),
    # deals
    "kind.raised": ("투자 유치", "raised"),
    "kind.valued": ("기업가치", "valued at"),
    "kind.acquired": ("인수", "acquired"),
    "kind.listed": ("상장", "listed"),
    "kind.fund_formed": ("펀드 조성", "fund formed"),
    "kind.subsidy": ("지원금", "subsidy"),
    "kind.area_total": ("지역 합계", "area total"),
    "deal.company": ("기업", "Company"),
    "deal.what": ("내용", "Deal"),
    "deal.who": ("투자자", "Investors"),
    "deal.source": ("출처", "Source"),
    "deal.differ": ("매체마다 다름", "outlets differ"),
    "deal.no_amount": ("금액 미공개", "undisclosed"),
    "deal.more": ("외 딜 {count}건은 웹에서", "{count} more deal on the web|{count} more deals on the web"),
    # charts
    "chart.topics": ("분야별 보도", "Reports by topic"),
    "chart.companies": ("기업별 보도", "Reports by company"),
    "chart.outlets": ("언론사별 보도", "Reports by outlet"),
    "chart.mean": ("옅은 막대: 앞선 4주 평균", "pale bar: mean of the 4 weeks before"),
    "chart.usual": ("평균 {mean}", "mean {mean}"),
    "chart.rest": ("기타", "Others"),
    # the end
    "overflow.web": (
        "외 {count}건은 웹에서 모두 볼 수 있습니다.",
        "{count} more story is on the web page of this issue.|{count} more stories are on the web page of this issue.",
    ),
    "overflow.text": (
        "외 {count}건은 이 메일의 텍스트 본문에 모두 실었습니다.",
        "{count} more story is in the text part of this mail.|{count} more stories are in the text part of this mail.",
    ),
    "web_view": ("웹에서 보기", "View on the web"),
    "archive": ("보관소에서 보기", "See the archive"),
    "unsubscribe": ("이 메일 그만 받기", "Unsubscribe"),
    "rights": (
        "기사의 권리는 각 언론사에 있습니다. 제목, 언론사, 시각, 주소를 싣고, 첫머리는 허락한 언론사의 것만 싣습니다.",
        "The articles belong to their outlets. Shown are headline, outlet, time, address; openings where allowed.",
    ),
    "zone": ("시각은 {zone} 기준입니다.", "Times are {zone}."),
    "zone.seoul": ("한국 표준시(KST)", "Korea Standard Time (KST)"),
}
_CURRENCIES = {
    "KRW": ("원", "KRW"),
    "USD": ("달러", "USD"),
    "CNY": ("위안", "CNY"),
    "HKD": ("홍콩달러", "HKD"),
    "JPY": ("엔", "JPY"),
    "EUR": ("유로", "EUR"),
    "GBP": ("파운드", "GBP"),
    "SGD": ("싱가포르달러", "SGD"),
    "TWD": ("대만달러", "TWD"),
}
_ENGLISH_UNITS = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))
_QUALIFIERS = {
    "약": ("약 {}", "about {}"),
    "이상": ("{} 이상", "at least {}"),
    "이하": ("{} 이하", "at most {}"),
    "초과": ("{} 초과", "more than {}"),
    "미만": ("{} 미만", "less than {}"),
    "최대": ("최대 {}", "up to {}"),
    "최소": ("최소 {}", "at least {}"),
}


class Words:
    """One language of the frame."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._column = LANGUAGES.index(language)

    def __call__(self, key: str, **values: object) -> str:
        """The words under `key`; with `count`, English chooses between one and more."""
        text = TABLE[key][self._column]
        one, bar, more = text.partition("|")
        if bar and values.get("count") != 1:
            one = more
        return one.format(**values)

    def day(self, moment: datetime, zone: ZoneInfo, *, weekday: bool = True) -> str:
        """`11/24(화)` or `Tue 24 Nov`, without the day of the week where that goes without saying."""
        local = moment.astimezone(zone)
        if self.language == "ko":
            return f"{local.month}/{local.day}" + (f"({KOREAN_DAYS[local.weekday()]})" if weekday else "")
        date = f"{local.day} {ENGLISH_MONTHS[local.month - 1]}"
        return f"{ENGLISH_DAYS[local.weekday()]} {date}" if weekday else date

    def moment(self, moment: datetime, zone: ZoneInfo) -> str:
        """`11/23 04:10` or `23 Nov 04:10`."""
        return f"{self.day(moment, zone, weekday=False)} {moment.astimezone(zone):%H:%M}"

    def money(self, value: float, currency: str | None, qualifier: str | None = None) -> str:
        """`25억 달러`, `1조2,900억 원` or `USD 2.5bn`; the qualifier is what the article says before or behind it."""
        name = _CURRENCIES.get(currency or "", (currency or "",) * 2)[self._column]
        if self.language == "ko":
            text = f"{_korean_number(value)} {name}".strip()
        else:
            text = f"{name} {_english_number(value)}".strip()
        return _QUALIFIERS.get(qualifier or "", ("{}", "{}"))[self._column].format(text)


@cache
def words(language: str) -> Words:
    """The words of `ko` or `en`."""
    return Words(language)


def _korean_number(value: float) -> str:
    """1조2,900억, 4억1,000만, 3만, 950: the two greatest places that are not nothing."""
    rest = round(value)
    parts = []
    for size, name in ((10**12, "조"), (10**8, "억"), (10**4, "만"), (1, "")):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count:,}{name}")
        if len(parts) == 2 or (parts and not count):  # noqa: PLR2004 - two places say enough
            break
    return "".join(parts) or "0"


def _english_number(value: float) -> str:
    for size, name in _ENGLISH_UNITS:
        if value >= size:
            return f"{value / size:,.3g}{name}" if value / size < 1000 else f"{value / size:,.0f}{name}"  # noqa: PLR2004
    return f"{value:,.0f}"
