"""Facts of a made-up outlet for the judgement: what is not said is as usual."""

import math
from datetime import UTC, datetime, timedelta

from scheduler.health import HealthRules, judge
from scheduler.workdays import WorkTime
from storage.health import Attempt, MarkRow, OutletFacts, SourceFacts, VisitFacts

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
NOW = datetime(2027, 1, 20, 3, 0, tzinfo=UTC)  # a Wednesday, noon in Korea
WORK = WorkTime()


def source(number=1, *, now=NOW, errors=(), news=(), since=None, success=NOW, **extra):
    """A source whose last attempts, newest first, ended in `errors` (None: answered), a quarter of an hour apart."""
    attempts = tuple(
        Attempt(now - 15 * MINUTE * place, error, error and f"It answered with {error}.")
        for place, error in enumerate(errors)
    )
    in_a_row = next((place for place, error in enumerate(errors) if error is None), len(errors))
    failing = since or (now - 15 * MINUTE * (in_a_row - 1) if in_a_row else None)
    given = {
        "error_count": in_a_row,
        "failing_since": failing,
        "last_error": attempts[0].error if attempts else None,
        "last_success_at": success,
        "last_new_at": max(news, default=None),
        "added_at": now - 100 * DAY,
        **extra,
    }
    url = f"https://a.example/rss{number}"
    return SourceFacts(number, url, "feed", attempts=attempts, news=tuple(sorted(news)), **given)


def visits(number, *, start=NOW, step=6 * HOUR, first_id=1000, pages=4, length=900, **figures):
    """Visits of a few pages each, newest first, the newest at `start`."""
    return tuple(
        VisitFacts(
            first_id - place,
            start - step * place,
            extracted=pages,
            text_chars=pages * length,
            log_chars=pages * math.log(length),
            **figures,
        )
        for place in range(number)
    )


def outlet(*sources, read=(), mark=None, enabled=True, visit=1):
    return OutletFacts("a", enabled, mark or MarkRow("a"), sources, tuple(read), visit)


def daily(days, *, until=NOW, hour=0):
    """One moment a working day, the latest not after `until`."""
    moments = (until.replace(hour=hour) - DAY * place for place in range(days))
    return [moment for moment in moments if moment.astimezone(UTC).weekday() < 5 and moment <= until]


class Watch:
    """The judgement of one outlet over several looks."""

    def __init__(self, rules=None):
        self.rows, self.rules = {}, rules or HealthRules()

    def __call__(self, facts, now=NOW):
        rows = judge(facts, self.rows, now=now, rules=self.rules, work=WORK)
        self.rows = {row.source_id: row for row in rows}
        return rows[0].state.value

    @property
    def why(self):
        return self.rows[0].why

    @property
    def since(self):
        return self.rows[0].since
