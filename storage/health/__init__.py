"""How the outlets are: what they did of late, how that was judged, what the operator decided and was told."""

from storage.health.facts import latest_visit_ids, note_source_visits, outlet_facts
from storage.health.marks import disable_outlet, enable_outlet, mute_outlet, outlet_marks
from storage.health.messages import (
    add_messages,
    claim_message,
    messages_since,
    settle_message,
)
from storage.health.records import (
    Attempt,
    HealthRow,
    MarkRow,
    MessageClaim,
    OutletFacts,
    OutletState,
    SourceFacts,
    SourceVisitRow,
    VisitFacts,
)
from storage.health.states import current_states, health_rows, note_told, unfit_rows, write_states

__all__ = [
    "Attempt",
    "HealthRow",
    "MarkRow",
    "MessageClaim",
    "OutletFacts",
    "OutletState",
    "SourceFacts",
    "SourceVisitRow",
    "VisitFacts",
    "add_messages",
    "claim_message",
    "current_states",
    "disable_outlet",
    "enable_outlet",
    "health_rows",
    "latest_visit_ids",
    "messages_since",
    "mute_outlet",
    "note_source_visits",
    "note_told",
    "outlet_facts",
    "outlet_marks",
    "settle_message",
    "unfit_rows",
    "write_states",
]
