"""What the visits of one context share about the hosts they go to: the gate, the pace, and what robots.txt asks."""

from dataclasses import dataclass, field
from datetime import timedelta

from crawler.fetch.guard import Gate
from crawler.fetch.pace import Pace
from crawler.fetch.robots import RobotsCache
from crawler.settings import CrawlerSettings


@dataclass(slots=True)
class Manners:
    """Kept for the life of the process: a Scrapy crawler lives for one visit only and knows nothing of the others."""

    gate: Gate
    robots: RobotsCache
    pace: Pace = field(default_factory=Pace)

    @classmethod
    def for_settings(cls, settings: CrawlerSettings) -> "Manners":
        return cls(
            gate=Gate(allow_private_addresses=settings.allow_private_addresses),
            robots=RobotsCache(believed_for=timedelta(hours=settings.robots_hours)),
        )
