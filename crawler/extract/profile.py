"""An outlet's article profile: where on its pages the parts of an article are. Pure data from its TOML file."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Profile(BaseModel):
    """CSS selectors that narrow a page to its article. A design has an end date: old pages parse after a redesign.

    Every selector list is tried in order; the first that matches wins. `drop` removes all matches.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(description="Short name of this design, for example the year it appeared.")
    valid_until: date | None = Field(default=None, description="Last day this design was served; absent for today's.")
    body: tuple[str, ...] = Field(default=(), description="Containers of the article text.")
    drop: tuple[str, ...] = Field(default=(), description="Parts inside the body that are not article text.")
    title: tuple[str, ...] = ()
    subtitle: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    captions: tuple[str, ...] = Field(default=(), description="Photo captions inside the body.")
    script: Literal["next_f", "fusion", "json_ld"] | None = Field(
        default=None, description="Read the body from this script payload where the DOM has none."
    )
