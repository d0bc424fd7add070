"""Log lines with machine-readable event names: readable on a terminal, JSON elsewhere. Always on standard error."""

import logging
import sys
from typing import Any

import structlog

from cli.settings import LogSettings

# Libraries that speak at length at INFO about what our own events say in one line.
QUIET = {"scrapy": logging.WARNING, "twisted": logging.WARNING, "apscheduler": logging.ERROR}
QUIET |= {"procrastinate": logging.WARNING}
QUIET |= {"uvicorn.access": logging.WARNING, "uvicorn.error": logging.WARNING, "alembic": logging.WARNING}
QUIET |= {"trafilatura": logging.CRITICAL, "htmldate": logging.CRITICAL, "mail.log": logging.CRITICAL}


def configure_logging(settings: LogSettings, *, verbose: bool = False) -> None:
    """Sends structlog and the standard library through one renderer."""
    level = logging.DEBUG if verbose else getattr(logging, settings.level.upper())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderer(settings)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, quiet_level in QUIET.items():
        logging.getLogger(name).setLevel(max(level, quiet_level))


def _renderer(settings: LogSettings) -> list[Any]:
    readable = sys.stderr.isatty() if settings.format == "auto" else settings.format == "console"
    if readable:
        return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
