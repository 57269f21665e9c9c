"""Rows of one fact under a cut: the joins its dimensions need, the conditions of its filters, the scope of the viewer.

Every statement on the data is built from these, so the scope cannot be forgotten.
"""
from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, FromClause, Integer, String, and_, case, cast, func, literal_column, or_, select

from crm_data.cuts import conditions
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import EACH, Cut, Filter
from crm_data.cuts.dimensions import AGE_BANDS, LAST_AGE_BAND, Dimension
from crm_data.cuts.facts import Fact
from crm_data.errors import N_, InputError
from crm_data.model import dialects
from crm_data.model import schema as s

#: entity -> (table, entity whose column refers to it or "" for a key of the fact, that column)
ENTITIES: dict[str, tuple[FromClause, str, str]] = {
    "customer": (s.customer, "", ""), "branch": (s.branch, "", ""), "owner": (s.staff, "", ""),
    "campaign": (s.campaign, "", ""), "product": (s.product, "", ""),
    "customer_type": (s.customer_type, "customer", "customer_type_id"),
    "product_category": (s.product_category, "product", "product_category_id")}


class FactRows:
    """Collects joins and conditions over one fact; ``column``, ``key`` and ``condition`` add what they need."""

    def __init__(self, fact: Fact, cut: Cut, scope: Scope, catalog: Catalog) -> None:
        self.fact, self.cut, self.scope, self.catalog = fact, cut, scope, catalog
        self.source: FromClause = fact.table
        self.day = conditions.end_of(cut, catalog)
        self._tables: list[FromClause] = [fact.table]
        self._made: dict[str, ColumnElement] = {}
        asked = {catalog.dimension(d).root for d in used_dimensions(cut)}
        self.split = bool(catalog.has_credits and fact.credit is not None and ("owner" in asked or scope.owners is not None))
        self.where: list[ColumnElement] = list(fact.where)
        if self.split:
            credit = s.order_credit
            self.source = self.source.outerjoin(credit, credit.c.order_id == fact.credit)
            self._tables.append(credit)
        self.where += scope.conditions(*(self.need(self.key_column(k)) if ids is not None else literal_column("0")
                                         for k, ids in (("branch", scope.branches), ("owner", scope.owners))))
        self.where += [self.condition(f) for f in cut.filters]

    @property
    def share(self) -> ColumnElement | None:
        """The part of a row's value that belongs to its owner, where credit is split."""
        return func.coalesce(s.order_credit.c.share, literal_column("1")) if self.split else None

    def key_column(self, entity: str) -> ColumnElement:
        column = self.fact.keys[entity]
        return func.coalesce(s.order_credit.c.staff_id, self.need(column)) if entity == "owner" and self.split else column

    def _join(self, table: FromClause, on: ColumnElement) -> None:
        if not any(table is t for t in self._tables):
            self._tables.append(table)
            self.source = self.source.outerjoin(table, on)

    def need(self, column: ColumnElement) -> ColumnElement:
        """``column`` itself, after joining the fact's further table it stands in."""
        for table, on in self.fact.joins:
            if getattr(column, "table", None) is table:
                self._join(table, on)
        return column

    def entity(self, name: str) -> FromClause:
        """The table of an entity, joined once, many-to-one."""
        table, parent, column = ENTITIES[name]
        if table is not self.fact.table:
            key = self.entity(parent).c[column] if parent else self.need(self.key_column(name))
            self._join(table, table.c.id == key)
        return table

    def key(self, dimension: Dimension) -> ColumnElement:
        """The id members of a keyed dimension are told apart by."""
        return self.need(self.key_column(dimension.root)) if dimension.entity == dimension.root else self.entity(dimension.entity).c.id

    def column(self, dimension: Dimension) -> ColumnElement:
        """The member's text (or number) of each row; NULL is the unknown member."""
        if dimension.name not in self._made:
            self._made[dimension.name] = self._build(dimension)
        return self._made[dimension.name]

    def _build(self, d: Dimension) -> ColumnElement:
        if not d.entity:
            if d.name == "weekday":
                return cast(dialects.weekday(self.fact.date), String)
            return self.need(self.fact.hour if d.name == "hour" else self.fact.own[d.name])
        if d.derived or d.conditions:
            side = conditions.side_of(d, self.cut, self.scope, self.catalog).subquery(f"side_{d.name}")
            customer = self.need(self.fact.keys["customer"])
            self._join(side, side.c.customer_id == customer)
            missing = literal_column(f"'{conditions.absent(d)}'")
            return case((customer.is_(None), None), (side.c.value.is_(None), missing), else_=side.c.value)
        if d.multi or d.attribute:
            side = self._side(d).subquery(f"side_{d.name}")
            self._join(side, side.c.customer_id == self.need(self.fact.keys["customer"]))
            return side.c.value
        table = self.entity(d.entity)
        if d.name in ("age", "age_band"):
            age = dialects.age_at(*dialects.day_parts(self.day), table.c.birth_date, table.c.birth_year)
            return age if d.name == "age" else age_band(age)
        if d.personal and not self.scope.personal:
            return table.c.number
        return table.c[d.column]

    def _side(self, d: Dimension):
        """Values of a customer from a side table: distinct ones, or one for a further field, so that no row is doubled."""
        if d.multi:
            t = s.customer_interest
            return select(t.c.customer_id, t.c.name.label("value")).where(t.c.kind == d.column).distinct()
        t = s.customer_attribute
        return select(t.c.customer_id, func.max(t.c.value).label("value")).where(t.c.key == d.attribute).group_by(t.c.customer_id)

    def condition(self, f: Filter) -> ColumnElement:
        d = self.catalog.dimension(f.dimension)
        if f.dimension.startswith(EACH):
            return conditions.each_condition(f, self.need(self.fact.keys["customer"]), self.cut, self.scope, self.catalog)
        if d.name == "age" and not self.scope.personal:
            raise InputError(N_("Ages of single years are personal data. Use the dimension “age_band”."))
        if d.multi and d.name not in self.cut.by:
            side = self._side(d).subquery()
            customer = self.need(self.fact.keys["customer"])
            if f.op == "is_empty":
                return or_(customer.is_(None), customer.not_in(select(side.c.customer_id)))
            positive = Filter(f.dimension, "is", f.values) if f.op == "is_not" else f
            hit = customer.in_(select(side.c.customer_id).where(member_test(positive, d, side.c.value)))
            return or_(customer.is_(None), ~hit) if f.op == "is_not" else hit
        ids = _ids(f, d)
        if ids is not None:
            key = self.key(d)
            return key.in_(ids) if f.op == "is" else or_(key.is_(None), key.not_in(ids))
        return member_test(f, d, self.column(d))


def used_dimensions(cut: Cut) -> tuple[str, ...]:
    """Dimensions a cut needs: those it is cut by and those it filters."""
    return tuple(dict.fromkeys((*cut.by, *(f.dimension for f in cut.filters))))


def age_band(age: ColumnElement) -> ColumnElement:
    steps = [(age < literal_column(str(top)), literal_column(f"'{name}'")) for top, name in AGE_BANDS]
    return case((age.is_(None), None), *steps, else_=literal_column(f"'{LAST_AGE_BAND}'"))


def _ids(f: Filter, d: Dimension) -> list[int] | None:
    """Ids of a filter by id: ``#12`` on any keyed dimension, plain digits on ``customer``."""
    if f.op not in ("is", "is_not") or not d.keyed:
        return None
    plain = d.name == "customer"
    texts = [v[1:] if v.startswith("#") else v if plain else "" for v in f.values]
    if all(t.isascii() and t.isdigit() and len(t) <= 18 for t in texts):
        return [int(t) for t in texts]
    if plain:
        raise InputError(N_("The filter on customer takes customer ids (digits), not “{value}”."), value=f.values[0][:40])
    return None


def _numbers(values: Iterable[str], d: Dimension) -> list[int]:
    found = []
    for text in values:
        if not (text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) <= 9):
            raise InputError(N_("“{value}” is not a whole number; {dimension} is filtered by numbers."), value=text[:40], dimension=d.name)
        found.append(int(text))
    return found


def member_test(f: Filter, d: Dimension, column: ColumnElement) -> ColumnElement:
    """A filter over the column of its dimension's members."""
    if f.op == "is_empty":
        return column.is_(None)
    if f.op == "contains":
        if d.kind == "number":
            raise InputError(N_("{dimension} is a number: filter it with is, at_least, below or between."), dimension=d.name)
        text = f.values[0].lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return func.lower(cast(column, String)).like(f"%{text}%", escape="\\")
    if f.op in ("at_least", "below", "between"):
        if d.kind != "number":
            raise InputError(N_("“{op}” needs a number; {dimension} is not one. Use is, is_not or contains."), op=f.op, dimension=d.name)
        low = _numbers(f.values, d)
        if f.op == "between":
            return and_(column >= low[0], column <= low[1])
        return column >= low[0] if f.op == "at_least" else column < low[0]
    values = _numbers(f.values, d) if d.kind == "number" else list(f.values)
    column = cast(column, Integer) if d.kind == "number" else column
    return column.in_(values) if f.op == "is" else or_(column.is_(None), column.not_in(values))
