"""What is noticed in a customer's story: one sentence with its numbers, how grave it is and the event it is about."""
from __future__ import annotations

from dataclasses import dataclass

from crm_data.analysis.findings import Said, Severity


@dataclass(frozen=True)
class Notice:
    """``severity``: bad is late or lost, warn wants a look, good is worth knowing. ``ref`` is the event it is about ("" for none:
    days to come that no record holds); ``whose``: the company below it is about ("" the customer itself); ``weight`` orders one severity."""

    kind: str
    severity: Severity
    said: Said
    ref: str = ""
    weight: float = 0.0
    whose: str = ""
