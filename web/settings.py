"""The web room's section of the settings."""

from pydantic import BaseModel, ConfigDict, Field


class WebSettings(BaseModel):
    """Where the archive API listens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 inside a container.")
    port: int = Field(default=8080, ge=1, le=65535, description="TCP port to listen on.")
