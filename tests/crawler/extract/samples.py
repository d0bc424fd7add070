"""Sample articles: outlets, companies and people in them are made up (견본, 샘플)."""
# ruff: noqa: E501 - a Korean letter counts as two columns; sample text stays on its line

STORY = (
    "견본로봇이 베이징 중관춘에 두 번째 연구소를 연다. 회사는 3일 이사회를 열고 1200만위안을 들이기로 했다고 밝혔다.",
    "이 회사는 2019년 대학원생 네 명이 세웠다. 창고에서 상자를 나르는 로봇을 만들어 지난해 매출 8억4000만위안을 올렸다.",
    "연구소에는 내년 3월까지 120명이 들어간다. 절반은 제어 소프트웨어를, 나머지는 센서를 맡는다.",
    "무엇이 달라지나?",
    '"부품을 사 오던 회사에서 부품을 만드는 회사로 바뀝니다." 샘플 대표는 이렇게 말했다.',
    "경쟁사도 움직인다. 샘플모션은 지난달 하이뎬구에 시험장을 빌렸고, 예시기계는 2500만달러를 새로 투자받았다.",
    "시장은 아직 작다. 견본리서치는 2027년 규모를 31억달러로 내다봤지만 성장률은 해마다 18%에 이를 것으로 봤다.",
    "회사는 다음 달 5일 채용 설명회를 연다. 자세한 일정은 홈페이지에 올라온다.",
)
TITLE = "견본로봇, 중관춘에 두 번째 연구소…내년 3월까지 120명 채용"
BYLINE = "김견본 견본경제 기자 gyeon.bon@sample.example"
TIP = "기사제보 및 보도자료 news@sample.example"
NOTICE = "ⓒ 견본경제, 무단전재 및 재배포 금지"


def page(body: str, *, head: str = "", title: str = TITLE) -> bytes:
    """A whole page around the inner mark-up of its article element."""
    return (
        f"<!doctype html><html lang='ko'><head><meta charset='utf-8'><title>{title} - 견본경제</title>{head}</head>"
        f"<body><nav><a href='/'>견본경제</a></nav><h1>{title}</h1>{body}<footer>견본경제 발행인 견본</footer></body></html>"
    ).encode()


def paragraphs(texts=STORY) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def pasted(*blocks: str) -> str:
    return "\n".join(blocks)
