"""Whether the service can work now, for load balancers and whoever waits for it."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from storage.readiness import Readiness

router = APIRouter(tags=["operation"])


class Ready(BaseModel):
    """How it stands."""

    status: str = Field(examples=["ready", "not ready"])
    checks: dict[str, str] = Field(
        description="database (takes writes), schema (of this version), scheduler (one is alive): ok, or failed.",
        examples=[{"database": "ok", "schema": "ok", "scheduler": "failed"}],
    )


@router.get(
    "/readyz",
    summary="Whether the archive takes writes, fits this version, and a scheduler is alive",
    response_model=Ready,
    responses={503: {"model": Ready, "description": "At least one check failed; the process's log says why."}},
)
async def readyz(request: Request) -> JSONResponse:
    """Open to everyone, so it only says which check failed; why is told on the monitoring port and in the log."""
    readiness: Readiness = request.app.state.readiness
    report = await readiness.asked()
    checks = {check: "failed" if problem else "ok" for check, problem in report.checks.items()}
    status = "ready" if report.is_ready else "not ready"
    return JSONResponse({"status": status, "checks": checks}, 200 if report.is_ready else 503)
