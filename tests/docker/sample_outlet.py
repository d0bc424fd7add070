"""The made-up outlet that the container test serves beside the application."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

KST = timezone(timedelta(hours=9))


@dataclass
class SampleOutlet:
    """A made-up outlet on disk: its feed, its pages, and the settings that make zgcwatch read it and no other."""

    folder: Path
    titles: list[str] = field(default_factory=list)

    def prepare(self) -> None:
        outlets = self.config / "outlets"
        outlets.mkdir(parents=True)
        self.site.mkdir()
        (self.config / "zgcwatch.toml").write_text(
            "[crawler]\n"
            "packaged_outlets = false\n"
            'outlets = ["/etc/zgcwatch/outlets"]\n'
            "allow_private_addresses = true\n",
            encoding="utf-8",
        )
        (outlets / "sample-press.toml").write_text(
            'id = "sample-press"\n'
            'name = "예시일보"\n'
            'home = "http://press:8000/"\n'
            'hosts = ["press:8000"]\n'
            'licence = "full"\n'
            "sample = true\n"
            'fetch = "all"\n'
            'sources = [{ kind = "feed", url = "http://press:8000/feed.xml" }]\n'
            "[politeness]\n"
            "delay = 0\n",
            encoding="utf-8",
        )
        for path in (self.folder, *self.folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)

    @property
    def config(self) -> Path:
        return self.folder / "config"

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def publish(self, title: str, paragraphs: tuple[str, ...]) -> None:
        """One more article on the site and in its feed."""
        self.titles.append(title)
        number = len(self.titles)
        now = datetime.now(KST)
        body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        self._write(
            f"{number}.html",
            f'<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta property="article:published_time" content="{now.isoformat()}"></head>'
            f"<body><article><h1>{title}</h1>{body}</article></body></html>",
        )
        items = "".join(
            f"<item><title>{name}</title><link>http://press:8000/{index}.html</link>"
            f"<pubDate>{format_datetime(now)}</pubDate></item>"
            for index, name in enumerate(self.titles, 1)
        )
        self._write(
            "feed.xml",
            '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
            f"<title>예시일보</title>{items}</channel></rss>",
        )

    def _write(self, name: str, text: str) -> None:
        path = self.site / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)


FIRST = (
    "예시 기사: 중관춘 로봇 스타트업, 시리즈B 투자 유치",
    (
        "예시 기사입니다. 베이징 중관춘의 가상 로봇 스타트업이 시리즈B 투자로 3억 위안을 유치했다고 밝혔다.",
        "회사는 이번 자금으로 물류 창고용 로봇의 양산 설비를 늘리고 연구 인력을 두 배로 뽑을 계획이다.",
        "중관춘 관리위원회는 입주 기업의 해외 진출을 돕는 지원 제도를 내년 봄부터 넓힌다고 설명했다.",
    ),
)
SECOND = (
    "예시 기사: 중국 스타트업 반도체 설계 인력, 중관춘으로 모인다",
    (
        "예시 기사입니다. 중국의 가상 반도체 설계 기업들이 중관춘 소프트웨어파크에 잇따라 사무실을 열고 있다.",
        "업계 관계자는 대학과 가까운 입지와 낮은 임대료가 신생 기업을 끌어들이는 까닭이라고 말했다.",
        "올해 들어 이 지역에 새로 등록한 설계 전문 기업은 모두 스물일곱 곳으로 집계됐다.",
    ),
)
