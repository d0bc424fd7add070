"""The names that monitoring relies on: every one in the rules and on the dashboard is one a process tells."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from crawler.visit import VisitReport
from digest.delivery import DeliveryReport
from scheduler.metrics import Metrics
from storage.figures import figures
from storage.records import VisitCounts

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 25, tzinfo=UTC)
NAME = re.compile(r"\b((?:zgcwatch|process|python)_[a-z_]+)")


def told(metrics):
    return {
        line.split(" ")[0]: float(line.rsplit(" ", 1)[1])
        for line in metrics.text().decode().splitlines()
        if not line.startswith("#")
    }


def test_names_follow_prometheus_and_labels_are_few():
    metrics = Metrics("0.1.0")
    for name in metrics.names():
        assert re.fullmatch(r"(zgcwatch|process|python)_[a-z_]+", name), name
    labels = set(re.findall(r"[{,](\w+)=", metrics.text().decode()))
    assert labels <= {
        "version",
        "outcome",
        "result",
        "le",
        "implementation",
        "major",
        "minor",
        "patchlevel",
        "generation",
    }


def test_a_visit_is_counted():
    metrics = Metrics("0.1.0")
    metrics.visited(VisitReport("a", VisitCounts(fetched=5, stored=3, off_topic=2, received=10), NOW, NOW), 1.5)
    metrics.visited(VisitReport("a", VisitCounts(failed=1), NOW, NOW), 0.1)
    metrics.visited(VisitReport("a", VisitCounts(), NOW, NOW, error="broke"), 0.1)
    metrics.delivered(DeliveryReport(sent=2, failed=1))
    found = told(metrics)
    assert found['zgcwatch_visits_total{outcome="ok"}'] == 1
    assert found['zgcwatch_visits_total{outcome="errors"}'] == 1
    assert found['zgcwatch_visits_total{outcome="broken"}'] == 1
    assert found['zgcwatch_pages_total{result="stored"}'] == 3
    assert found["zgcwatch_pages_fetched_total"] == 5
    assert found['zgcwatch_deliveries_total{result="sent"}'] == 2
    assert found["zgcwatch_visit_seconds_count"] == 3


def test_the_archive_is_told_by_its_leader_only(database):
    metrics = Metrics("0.1.0")
    assert not [name for name in told(metrics) if "articles" in name]
    with database.reader() as session:
        metrics.of_the_archive(figures(session, now=NOW), {"todo": 2})
    found = told(metrics)
    assert found["zgcwatch_articles"] == 0
    assert found['zgcwatch_queue_jobs{state="todo"}'] == 2
    assert found['zgcwatch_outlets{state="blocked"}'] == 0
    metrics.tells_archive = False
    assert not [name for name in told(metrics) if "articles" in name]


def expressions():
    rules = yaml.safe_load((ROOT / "docs/alerts.yml").read_text(encoding="utf-8"))
    for group in rules["groups"]:
        for rule in group["rules"]:
            yield f"alert {rule['alert']}", rule["expr"]
    board = json.loads((ROOT / "docs/grafana.json").read_text(encoding="utf-8"))
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            yield f"panel {panel['title']}", target["expr"]


@pytest.mark.parametrize(("where", "expression"), list(expressions()), ids=lambda value: str(value)[:40])
def test_rules_and_dashboard_ask_for_figures_that_exist(where, expression):
    names = set(NAME.findall(expression))
    assert names, where
    assert names - Metrics("0").names() == set()


def test_every_rule_says_what_to_do():
    rules = yaml.safe_load((ROOT / "docs/alerts.yml").read_text(encoding="utf-8"))
    for group in rules["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in {"page", "ticket"}
            assert rule["for"]
            assert len(rule["annotations"]["description"]) > 40
            assert "operations.md" in rule["annotations"]["runbook"]


def test_every_runbook_is_a_heading_that_exists():
    rules = yaml.safe_load((ROOT / "docs/alerts.yml").read_text(encoding="utf-8"))
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    anchors = {
        re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in re.findall(r"^#+ .+$", page, re.MULTILINE)
    }
    wanted = {rule["annotations"]["runbook"] for group in rules["groups"] for rule in group["rules"]}
    assert {runbook.partition("#")[2] for runbook in wanted} <= anchors
    assert {runbook.partition("#")[0] for runbook in wanted} == {"docs/operations.md"}
