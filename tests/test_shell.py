"""The shell's pages as each kind of user sees them: rights, the filter strip's transitions, bad addresses."""
import pytest

from crm_data.accounts.users import User
from tests.page_runs import ADMIN, page_run, texts

NAMES = ("today", "segments", "targets", "rankings", "customer", "data", "people")
VIEWER = User(2, "vera", "Vera", "viewer", None)


@pytest.fixture
def run(monkeypatch, tmp_path, truth_url):
    def call(name, **options):
        return page_run(monkeypatch, tmp_path, truth_url, name, **options)
    return call


@pytest.mark.parametrize("name", NAMES)
def test_every_page_draws_for_an_administrator(run, name):
    at = run(name, query={"period": "last_12_months"})
    assert not at.exception and not at.error, texts(at)
    assert at.title or at.markdown


@pytest.mark.parametrize("name", NAMES)
def test_a_visitor_sees_the_way_in_and_nothing_else(run, name):
    at = run(name, user=None)
    assert not at.exception and at.title[0].value == "You are signed out"
    assert len(at.main) <= 3 and not at.dataframe and not at.metric


@pytest.mark.parametrize("name", [n for n in NAMES if n != "people"])
def test_a_viewer_never_sees_a_customers_name(run, truth, name):
    from sqlalchemy import select

    from crm_data.model import schema as s
    with truth.engine.connect() as connection:
        names = [n for row in connection.execute(select(s.customer.c.name, s.customer.c.phone, s.customer.c.email)) for n in row if n]
    at = run(name, user=VIEWER, query={"period": "last_12_months", "id": "1"})
    assert not at.exception
    shown = texts(at) + "".join(str(e.proto) for e in at.main) + "".join(d.value.to_string() for d in at.dataframe)
    assert [n for n in names if n in shown] == []


def test_people_is_for_administrators_only(run):
    assert "for administrators" in texts(run("people", user=VIEWER))
    assert "Users" in texts(run("people", user=ADMIN))


def test_the_strip_writes_the_address_and_chips_take_it_back(run):
    at = run("segments")
    assert "f" not in at.query_params and "period" not in at.query_params
    at.pills(key="period_name").set_value("last_12_months").run()
    assert at.query_params["period"] == "last_12_months"
    at.radio(key="compare_name").set_value("previous").run()
    assert at.query_params["vs"] == "previous"
    at.selectbox(key="new_dimension").set_value("customer_type").run()
    at.multiselect(key="new_values_customer_type_is").set_value(["Students"]).run()
    at.button(key="add_this_filter").click().run()
    assert at.query_params["f"] == "customer_type:is:Students"
    assert [b.label for b in at.button if b.key == "chip_customer_type"] == ["Customer type\\: Students"]
    at.button(key="chip_customer_type").click().run()
    assert "f" not in at.query_params and not [b for b in at.button if b.key == "chip_customer_type"]
    assert not at.exception and at.query_params["period"] == "last_12_months"


@pytest.mark.parametrize("query", [
    {"period": "2026-12-31..2026-01-01"}, {"period": "fortnight"}, {"f": "nothing:is:x"}, {"f": "city:is"}, {"f": "x" * 9000}, {"vs": "mars"},
    {"f": ["<script>alert(1)</script>:is:x"]}, {"f": "city:is:'; DROP TABLE customer; --"}, {"m": "nonsense", "by": "nonsense"}, {"period": "0000-00-00..x"}])
@pytest.mark.parametrize("name", ["segments", "rankings"])
def test_a_broken_address_gives_a_sentence_and_a_working_page(run, name, query):
    at = run(name, query=query)
    assert not at.exception and at.title
    assert "Traceback" not in texts(at)


def test_without_data_the_page_says_how_to_get_some(monkeypatch, tmp_path):
    at = page_run(monkeypatch, tmp_path, f"duckdb:///{tmp_path / 'empty'}", "today")
    assert "mabat demo" in texts(at) and not at.exception


def test_a_fault_inside_a_page_is_a_number_not_a_trace(run, monkeypatch):
    import pages.segments
    monkeypatch.setattr(pages.segments, "choose", lambda page: 1 / 0)
    at = run("segments")
    assert not at.exception and "Tell your administrator the number" in texts(at) and "division" not in texts(at)
