"""What a process says of itself to Prometheus. Labels are few and bounded: never an outlet, an address or an error.

Figures of the archive as a whole are told by the leader only, so that a sum over all processes counts them once.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from crawler.visit import VisitReport
from digest.delivery import DeliveryReport
from storage.figures import Figures
from storage.health import OutletState

VISIT_SECONDS = (0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)
LAG_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
# What of a visit's counts is worth a rate: the label of zgcwatch_pages_total.
RESULTS = ("stored", "duplicates", "corrected", "unchanged", "gone", "off_topic", "closed", "failed")


@dataclass
class Metrics:
    """The figures of one process, in a registry of its own."""

    version: str
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    of_leader: CollectorRegistry = field(default_factory=CollectorRegistry)
    tells_archive: bool = False

    def __post_init__(self) -> None:
        registry = self.registry
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)
        build = Gauge("zgcwatch_build_info", "1, with the version as label.", ["version"], registry=registry)
        build.labels(self.version).set(1)
        self._of_work(registry)
        self._of_ticks(registry)
        self._of_the_archive()

    def _of_work(self, registry: CollectorRegistry) -> None:
        self.visits = Counter("zgcwatch_visits", "Visits of an outlet that ended.", ["outcome"], registry=registry)
        self.visits_running = Gauge("zgcwatch_visits_running", "Visits under way here.", registry=registry)
        self.visit_seconds = Histogram(
            "zgcwatch_visit_seconds", "How long a visit took.", buckets=VISIT_SECONDS, registry=registry
        )
        self.fetched = Counter("zgcwatch_pages_fetched", "Article pages that were fetched.", registry=registry)
        self.pages = Counter("zgcwatch_pages", "What came of pages.", ["result"], registry=registry)
        self.received = Counter("zgcwatch_received_bytes", "What outlets sent.", registry=registry)
        self.deliveries = Counter("zgcwatch_deliveries", "Tries to mail an issue.", ["result"], registry=registry)
        self.lag = Histogram(
            "zgcwatch_loop_lag_seconds", "How late the loop was.", buckets=LAG_SECONDS, registry=registry
        )
        for outcome in ("ok", "errors", "broken"):
            self.visits.labels(outcome)
        for result in RESULTS:
            self.pages.labels(result)

    def _of_ticks(self, registry: CollectorRegistry) -> None:
        self.leads = Gauge("zgcwatch_leader", "Whether this process leads.", ["lease"], registry=registry)
        self.tick_failures = Counter("zgcwatch_tick_failures", "Ticks that failed.", ["job"], registry=registry)
        self.tick_success = Gauge(
            "zgcwatch_tick_success_timestamp_seconds", "When a tick last went well.", ["job"], registry=registry
        )
        self.ready = Gauge("zgcwatch_ready", "Whether a check of readiness is well.", ["check"], registry=registry)
        self.reload_failed = Gauge(
            "zgcwatch_reload_failed", "Whether changed files are wrong and the old ones in force.", registry=registry
        )

    def _of_the_archive(self) -> None:
        rows: tuple[tuple[str, str, list[str]], ...] = (
            ("zgcwatch_outlets", "Outlets by their state.", ["state"]),
            ("zgcwatch_sources_due", "Sources whose time has come.", []),
            ("zgcwatch_source_overdue_seconds", "How long the longest overdue source has waited.", []),
            ("zgcwatch_articles", "Articles in the archive.", []),
            ("zgcwatch_newest_article_timestamp_seconds", "When the newest article was first seen.", []),
            ("zgcwatch_deliveries_waiting", "Mails that are not out yet.", []),
            ("zgcwatch_digest_cutoff_timestamp_seconds", "The last cut-off that was closed.", []),
            ("zgcwatch_backup_timestamp_seconds", "When the last scheduled backup was made.", []),
            ("zgcwatch_queue_jobs", "Visits in the queue.", ["state"]),
        )
        self.of_archive = {
            name: Gauge(name, help_text, labels, registry=self.of_leader) for name, help_text, labels in rows
        }

    def visited(self, report: VisitReport, seconds: float) -> None:
        """Count a visit that ended."""
        outcome = "broken" if report.error else "errors" if report.counts.failed else "ok"
        self.visits.labels(outcome).inc()
        self.visit_seconds.observe(seconds)
        self.fetched.inc(report.counts.fetched)
        self.received.inc(report.counts.received)
        counts = asdict(report.counts)
        for result in RESULTS:
            self.pages.labels(result).inc(counts[result])

    def delivered(self, report: DeliveryReport) -> None:
        for result in ("sent", "failed", "deferred", "uncertain"):
            self.deliveries.labels(result).inc(getattr(report, result))

    def of_the_archive(self, figures: Figures, jobs: dict[str, int]) -> None:
        """Tell the archive's figures from now on, as its leader."""
        self.tells_archive = True
        gauges = self.of_archive
        for state in OutletState:
            gauges["zgcwatch_outlets"].labels(state.value).set(figures.outlets.get(state.value, 0))
        for state_of_job in ("todo", "doing"):
            gauges["zgcwatch_queue_jobs"].labels(state_of_job).set(jobs.get(state_of_job, 0))
        values = {
            "zgcwatch_sources_due": figures.sources_due,
            "zgcwatch_source_overdue_seconds": figures.overdue_seconds,
            "zgcwatch_articles": figures.articles,
            "zgcwatch_newest_article_timestamp_seconds": _stamp(figures.newest_article_at),
            "zgcwatch_deliveries_waiting": figures.deliveries_waiting,
            "zgcwatch_digest_cutoff_timestamp_seconds": _stamp(figures.last_cutoff_at),
        }
        for name, value in values.items():
            gauges[name].set(value)

    def backed_up(self, now: datetime) -> None:
        self.of_archive["zgcwatch_backup_timestamp_seconds"].set(now.timestamp())

    def text(self) -> bytes:
        """All figures, as Prometheus reads them."""
        return generate_latest(self.registry) + (generate_latest(self.of_leader) if self.tells_archive else b"")

    def names(self) -> set[str]:
        """The names of all samples there can be."""
        collected = [*self.registry.collect(), *self.of_leader.collect()]
        return {name for metric in collected for name in _names(metric.name, metric.type)}


def _names(name: str, kind: str) -> Iterable[str]:
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    return [name + ending for ending in endings.get(kind, ("",))]


def _stamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


async def measure_lag(metrics: Metrics) -> None:
    """How late the loop comes, once a second, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        asked = loop.time()
        await asyncio.sleep(1.0)
        metrics.lag.observe(max(loop.time() - asked - 1.0, 0.0))
