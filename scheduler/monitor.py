"""A process's own door for monitoring, whatever its roles: /metrics, /healthz and /readyz on a port of the loopback."""

from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scheduler.metrics import Metrics
from storage.readiness import Report

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def monitor_server(
    metrics: Metrics, look: Callable[[], Awaitable[Report]], says: Callable[[], dict[str, Any]]
) -> uvicorn.Server:
    """The server, for sockets its caller has bound. `says` is what the process adds of itself."""

    async def judged() -> Report:
        report = await look()
        for check, problem in report.checks.items():
            metrics.ready.labels(check).set(problem is None)
        return report

    async def show(_: Request) -> Response:
        await judged()
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok", **says()})

    async def readyz(_: Request) -> Response:
        report = await judged()
        checks = {check: problem or "ok" for check, problem in report.checks.items()}
        status = "ready" if report.is_ready else "not ready"
        return JSONResponse({"status": status, "checks": checks, **says()}, 200 if report.is_ready else 503)

    routes = [Route("/metrics", show), Route("/healthz", healthz), Route("/readyz", readyz)]
    return _Quiet(uvicorn.Config(Starlette(routes=routes), log_config=None, lifespan="off", server_header=False))


class _Quiet(uvicorn.Server):
    """Signals belong to the service."""

    @contextmanager
    def capture_signals(self) -> Any:
        yield
