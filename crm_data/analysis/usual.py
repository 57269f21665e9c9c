"""How the firm usually does: what a customer's story is compared with. Worked out once a snapshot and scope."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Numeric, cast, func, select

from crm_data.analysis.won_pattern import stage_lengths
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.model import dialects
from crm_data.model import schema as s

#: Cases needed before "usual" is said of them.
FEW = 20


@dataclass(frozen=True)
class Usual:
    """``answer_hours``: median from a complaint to its first answer; ``resolve_days``: days within which nine of ten complaints were
    resolved; ``quote_days``: median from a quote to its answer; ``stage_days``: stage -> days within which eight of ten
    won opportunities left it. None or missing where there are too few cases."""

    answer_hours: float | None = None
    resolve_days: float | None = None
    quote_days: float | None = None
    stage_days: Mapping[str, float] = field(default_factory=dict)


def usual(warehouse, scope: Scope) -> Usual:
    """What is usual among the records the viewer may see."""
    return ANSWERS.get(("usual", warehouse.key, scope.key), lambda: _usual(warehouse, scope))


def _quantile(part: float, value):
    return func.percentile_cont(part).within_group(value)


def _usual(warehouse, scope: Scope) -> Usual:
    c, q = s.complaint.c, s.quote.c
    hours, taken = dialects.hours_between(c.opened_at, c.first_response_at), cast(dialects.days_between(c.opened_on, c.resolved_on), Numeric)
    waited = cast(dialects.days_between(q.sent_on, q.answered_on), Numeric)
    handled, quoted = scope.conditions(c.branch_id, c.owner_id), scope.conditions(q.branch_id, q.owner_id)
    wanted = {
        "answer_hours": select(func.count(), _quantile(0.5, hours)).where(c.first_response_at >= c.opened_at, *handled),
        "resolve_days": select(func.count(), _quantile(0.9, taken)).where(c.resolved_on >= c.opened_on, *handled),
        "quote_days": select(func.count(), _quantile(0.5, waited)).where(q.answered_on >= q.sent_on, *quoted)}
    found = {}
    with warehouse.engine.connect() as connection:
        for name, query in wanted.items():
            n, value = connection.execute(query).one()
            if n >= FEW and value is not None:
                found[name] = float(value)
    # The same as an opportunity's own page compares with.
    stages = {stage: stays.high for stage, stays in stage_lengths(warehouse, scope).items() if stays.enough}
    return Usual(**found, stage_days=stages)
