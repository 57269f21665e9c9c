"""The cockpit on the Targets page: chance, who carries, the week, stretch, and the form's stretch, direction and spread."""
from __future__ import annotations

import pytest

from crm_data.analysis.phasing import Phasing
from crm_data.analysis.target_store import Goal, history, set_target
from crm_data.cuts.cut import Filter
from crm_data.cuts.periods import Period
from pages.parts.target_view import key_of
from tests.target_firm import AS_OF, SEPTEMBER, build
from tests.test_targets_page import HAIFA, make, metrics, show, texts  # noqa: F401 - make is a fixture

QUARTER = Period.from_text("2026-07-01..2026-09-30", AS_OF)


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return build(tmp_path_factory.mktemp("cockpit"), "cockpit")


def frames(app) -> str:
    return texts(app)


def test_who_carries_and_what_a_week_ago_expected(make):  # noqa: F811
    app = show(make())
    assert not app.exception
    said = frames(app)
    assert "Who carries and who drags" in said and "Haifa drags most" in said and "Berlin carries most" in said
    assert "Last week we expected" in said and "it is ₪177K" in said.replace("\\", "")
    # One past month is no ground for a chance, and that is said.
    assert "needs 5 past periods" in said and not any(b.key == "open_chance" for b in app.button)


def test_a_branch_is_carried_by_its_people_and_a_person_by_nobody(make):  # noqa: F811
    haifa = show(make(filters=[Filter("branch", "is", ("Haifa",))]))
    assert not haifa.exception and "Who carries and who drags" in frames(haifa)
    anna = show(make(filters=[Filter("owner", "is", ("Anna",))]))
    assert not anna.exception and "Who carries and who drags" not in frames(anna) and "Last week we expected" in frames(anna)


def test_ratios_have_no_parts(make):  # noqa: F811
    app = show(make(), query={"measure": "gross_margin"})
    assert not app.exception and "Who carries" not in frames(app) and "Last week" not in frames(app)


def test_stretch_and_spread_are_said(make):  # noqa: F811
    page = make()
    set_target(page.appdb, HAIFA, 180_000, user=page.user, stretch=200_000, phasing=Phasing("last_year"))
    app = show(page)
    assert not app.exception and "short mark: stretch" in frames(app) and "some spread in last year’s shape" in frames(app)
    opened = show(page, state={"targets_open": key_of(HAIFA)})
    assert not opened.exception and metrics(opened)["Stretch"] == "₪200K" and metrics(opened)["Attained of the stretch"] == "45%"
    assert "spread in last year’s shape" in frames(opened)


def test_a_limit_is_judged_as_one(make):  # noqa: F811
    """Haifa stands 10,000 under its pace: of a limit that is good."""
    page = make()
    set_target(page.appdb, HAIFA, 180_000, user=page.user, direction="down")
    opened = show(page, state={"targets_open": key_of(HAIFA)})
    assert not opened.exception and "under the limit’s pace" in frames(opened) and "Less is better for this target." in frames(opened)


def test_the_dialog_says_why_there_is_no_chance(make):  # noqa: F811
    opened = show(make(), state={"targets_open": key_of(HAIFA), "target_view_0": "chance"})
    assert not opened.exception and "No chance is said" in frames(opened)


def test_the_form_sets_stretch_direction_and_shares_by_month(make):  # noqa: F811
    page = make()
    goal = Goal("revenue", QUARTER.first, QUARTER.last, "branch", "Haifa")
    set_target(page.appdb, goal, 300_000, user=page.user, phasing=Phasing("manual", (0.25, 0.25, 0.5)))
    app = show(page, state={"targets_open": key_of(goal), "target_view_0": "change"})
    assert not app.exception and [n.value for n in app.number_input] == [300_000, None, 25, 25, 50]

    def save(stretch: float) -> None:
        app.session_state["targets_open"], app.session_state["target_view_0"] = key_of(goal), "change"
        app.number_input[1].set_value(stretch)
        app.number_input[2].set_value(50)
        app.text_input[0].set_value("summer first")
        next(b for b in app.button if b.label == "Save new version").click().run()
    save(250_000)
    assert "lies above the target" in app.error[0].value and len(history(page.appdb, goal)) == 1
    save(330_000)
    latest = history(page.appdb, goal)[0]
    assert not app.exception and (latest.version, latest.value, latest.stretch, latest.why) == (2, 300_000, 330_000, "summer first")
    # 50, 25 and 50 make 125: scaled to a whole.
    assert latest.phasing.kind == "manual" and latest.phasing.shares == pytest.approx((0.4, 0.2, 0.4))
    versions = show(page, state={"targets_open": key_of(goal), "target_view_0": "versions"})
    assert not versions.exception and "stretch ₪330K · By month" in versions.dataframe[-1].value.to_string()


def test_a_month_offers_no_shares_by_month_and_a_ratio_no_spread(make):  # noqa: F811
    page = make()
    app = show(page, state={"targets_open": key_of(HAIFA), "target_view_0": "change"})
    spread = next(c for c in app.button_group if c.key and c.key.startswith("target_spread_"))
    assert spread.options == ["Working days", "Last year’s shape"]
    ratio = show(page, state={"targets_open": key_of(Goal("gross_margin", *SEPTEMBER, "branch", "Haifa")), "target_view_0": "change"})
    assert not ratio.exception and not any(c.key and c.key.startswith("target_spread_") for c in ratio.button_group) and ratio.number_input[0].value == 40


def test_in_another_language_and_on_a_phone(make):  # noqa: F811
    app = show(make(language="xx", narrow=True))
    assert not app.exception and "⟦" in frames(app)
    assert not show(make(language="he", theme="dark")).exception


def test_a_stretch_is_a_mark_named_where_all_rows_share_it():
    from crm_data.output.charts import theme
    from crm_data.output.charts.bullets import EDGE, Bullet, bullets

    def drawn(*stretches: float):
        rows = [Bullet(str(i), f"Row {i}", 0.5, "₪5", "50%", 0.6, stretch=s) for i, s in enumerate(stretches)]
        figure = bullets(rows, theme("light"), title="Targets", attained="Attained", landing="Landing", target="Target", stretch="Stretch").figure
        return [s.x0 for s in figure.layout.shapes if s.type == "line"], [a.text for a in figure.layout.annotations]
    marks, notes = drawn(1.2, 1.2)
    assert marks.count(1.2) == 2 and "Stretch" in notes
    marks, notes = drawn(1.2, 3.0)
    assert 1.2 in marks and EDGE in marks and "Stretch" not in notes
    assert "Stretch" not in drawn(1.05, 1.05)[1]
