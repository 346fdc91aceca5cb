"""Verdicts on comparisons made by hand, and the small company's verdicts, gains and words against its own numbers."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from analytics.assumptions_file import read_assumptions
from analytics.items import ASSUMED, GIVEN, Items
from analytics.naming.labels import COMPONENTS, number_text
from analytics.scenario.reassume import reassume
from analytics.simulation.ledger import COUNT_INDEX, COUNTS, Ledger
from analytics.strategy.compare import Comparison, expected_parameter_draws, probability_best
from analytics.strategy.compared.setting import Chosen
from analytics.strategy.money.measures import joined_waits
from analytics.strategy.money.price import MONEY_FIELDS, money_values, profit_rates, reacted
from analytics.strategy.own_decision import strategy_money
from analytics.strategy.plans.draws import assumption_uniforms, drawn_values
from analytics.strategy.recommend import Recommendation
from analytics.study import Study
from tests.strategy.flips.judged import judged, judged_on
from tests.strategy.small import STATED, priced_items, today_by_hand

DRAWS, INNER = 40, 4


def ledgers_by_hand(items: Items, on_hand: list[float], lost: list[float]) -> dict[str, Ledger]:
    """The one setting of each strategy of `by_hand`, the same in both halves."""
    found = {}
    for strategy in ("MTS", "MTO"):
        counts = np.zeros((len(items), 1, 2, len(COUNTS)))
        counts[..., COUNT_INDEX["demanded"]] = 100.0
        held, less = np.array(on_hand)[:, None, None], np.array(lost)[:, None, None]
        counts[..., COUNT_INDEX["on_hand"]] = held if strategy == "MTS" else 0.0
        counts[..., COUNT_INDEX["lost"]] = 0.0 if strategy == "MTS" else less
        counts[..., COUNT_INDEX["ordered"]] = counts[..., 0] - counts[..., 1]
        counts[..., COUNT_INDEX["to_order"]] = (
            counts[..., COUNT_INDEX["ordered"]] if strategy == "MTO" else 0.0
        )
        found[strategy] = Ledger(strategy, items.skus, {}, counts)
    return found


def by_hand(items: Items, on_hand: list[float], lost: list[float], noise: float = 0.0) -> Comparison:
    """Stock or order for 100 units a year: stock holds `on_hand` units, order loses `lost` units; every price drawn from its range."""
    n = len(items)
    uniforms = {
        name: assumption_uniforms(name, DRAWS, 1)
        for name in (*MONEY_FIELDS, "hazard_per_year", "patience_per_day")
    }
    rng = np.random.default_rng(4)
    chosen, by_path, in_force = {}, np.empty((n, 2, DRAWS * INNER), np.float32), np.empty((n, 2, DRAWS))
    for k, strategy in enumerate(("MTS", "MTO")):
        counts = np.zeros((n, len(COUNTS)))
        counts[:, COUNT_INDEX["demanded"]] = 100.0
        counts[:, COUNT_INDEX["on_hand"]] = on_hand if strategy == "MTS" else 0.0
        counts[:, COUNT_INDEX["lost"]] = 0.0 if strategy == "MTS" else lost
        counts[:, COUNT_INDEX["ordered"]] = counts[:, 0] - counts[:, 1]
        counts[:, COUNT_INDEX["to_order"]] = counts[:, COUNT_INDEX["ordered"]] if strategy == "MTO" else 0.0
        profit = (profit_rates(money_values(items, strategy), strategy) * counts).sum(axis=1)
        drawn = profit_rates(
            money_values(items, strategy, {f: drawn_values(items, f, uniforms[f]) for f in MONEY_FIELDS}),
            strategy,
        )
        years = np.repeat((drawn * counts[:, None, :]).sum(axis=2), INNER, axis=1)
        chance = noise * rng.standard_normal(years.shape)
        by_path[:, k], in_force[:, k] = (
            years + chance,
            profit[:, None] + chance.reshape(n, DRAWS, INNER).mean(axis=2),
        )
        zero = np.zeros(n, np.intp)
        counts = reacted(counts, strategy, money_values(items, strategy))
        chosen[strategy] = Chosen(strategy, np.ones(n, bool), zero, np.zeros((n, 2), np.intp), counts, profit)
    by_draw = expected_parameter_draws(by_path.astype(np.float64), INNER)
    best, regret = probability_best(by_draw)
    profit = np.stack([chosen[s].profit for s in ("MTS", "MTO")], axis=1)
    return Comparison(
        ("MTS", "MTO"),
        chosen,
        profit,
        by_path,
        by_draw,
        {},
        {},
        {},
        np.zeros((n, 2, 1)),
        best,
        best,
        regret,
        uniforms,
        in_force,
        {name: joined_waits([]) for name in ("MTS", "MTO")},
    )


def test_the_four_verdicts() -> None:
    """Price 10, cost 6. Stock of 10 costs 10.2; losing 50 costs 200: clear. Equal: too close. Holding rate in doubt: depends. Unknown cost: not decidable."""
    items = priced_items(
        ["clear", "close", "depends", "unknown", "ended", "below"],
        unit_cost=np.array([6.0, 6.0, 6.0, np.nan, 6.0, 12.0]),
    )
    rate = np.full(6, 0.05)
    items = items.with_field(
        "storage_rate",
        rate,
        ASSUMED,
        np.array([0.05, 0.05, 0.01, 0.05, 0.05, 0.05]),
        np.array([0.05, 0.05, 0.6, 0.05, 0.05, 0.05]),
    )
    held, lost = [10.0, 20.0, 100.0, 10.0, 10.0, 10.0], [50.0, 5.0, 35.0, 50.0, 50.0, 50.0]
    comparison = by_hand(items, held, lost, noise=10.0)
    got = judged_on(
        comparison,
        items,
        np.array([False, False, False, False, True, False]),
        ledgers_by_hand(items, held, lost),
    )
    assert list(got.verdict) == [
        "clear",
        "too_close",
        "depends_on_storage_rate",
        "not_decidable",
        "not_decidable",
        "not_decidable",
    ]
    assert (
        list(got.recommended) == [0] * 6
        and got.baseline_name == "everything to stock (assumed: the file does not say how it is run today)"
    )
    assert (got.gain == 0.0).all()
    # by hand: to order is worth a change from 100 x 6 x (0.1 + rate + 0.02) - 35 x 4 = 2 % of 400 on
    assert got.break_even[2] == pytest.approx(148 / 600 - 0.12, abs=1e-5)
    assert (
        got.flips is not None
        and got.flips.to[got.flips.at("storage_rate"), 2] == 1
        and got.flips.holds[got.flips.at("storage_rate"), 2] < 148 / 600 - 0.12
    )
    assert (
        "ended" in got.reason[4].lower()
        and "below cost" in got.reason[5].lower()
        and "unit cost" in got.reason[3].lower()
    )
    assert np.isnan(got.probability_best[[3, 4, 5]]).all() and np.isfinite(got.probability_best[:3]).all()
    assert "you have not confirmed" in got.reason[2]


def test_the_gain_is_counted_against_todays_strategy() -> None:
    items = priced_items(["changes", "stays", "close"]).with_field(
        "current_mode", np.array(["MTO", "MTS", "MTO"], object), GIVEN
    )
    comparison = by_hand(items, [10.0, 10.0, 20.0], [50.0, 50.0, 5.05], noise=30.0)
    got = judged(comparison, items, np.zeros(3, bool))
    assert list(got.baseline) == [1, 0, 1] and got.baseline_name == "today's way"
    assert list(got.recommended) == [0, 0, 1] and got.verdict[2] == "too_close"
    assert got.gain[0] == pytest.approx(200.0 - 10 * 6 * 0.17) and got.gain[1] == 0.0 and got.gain[2] == 0.0
    np.testing.assert_allclose(
        got.lead,
        got.gain * [1, 0, 0]
        + [
            0,
            comparison.profit[1, 0] - comparison.profit[1, 1],
            comparison.profit[2, 1] - comparison.profit[2, 0],
        ],
    )
    partly = judged(
        comparison,
        items.with_field("current_mode", np.array(["MTO", "", "ATO"], object), GIVEN),
        np.zeros(3, bool),
    )
    assert partly.baseline_name == "today's way (where the file does not say: to stock, assumed)" and list(
        partly.baseline
    ) == [1, 0, 0]  # ATO is not offered


def test_doubt_that_cannot_turn_the_decision_is_not_named() -> None:
    items = priced_items(["A"]).with_field("storage_rate", 0.05, ASSUMED, 0.049, 0.051)
    got = judged_on(
        by_hand(items, [20.0], [5.05], noise=60.0),
        items,
        np.zeros(1, bool),
        ledgers_by_hand(items, [20.0], [5.05]),
    )
    assert got.verdict[0] == "too_close" and np.isnan(got.break_even[0])


def test_a_sure_but_tiny_lead_is_too_close() -> None:
    """Perfect year 400. Stock of 10 costs 10.2; to order loses 4 units (16): 1.45 % ahead, surely, and not worth a change. 5 units (20): 2.45 %."""
    items = priced_items(["tiny", "enough", "tiny today to order"]).with_field(
        "current_mode", np.array(["MTS", "MTS", "MTO"], object), GIVEN
    )
    comparison = by_hand(items, [10.0] * 3, [4.0, 5.0, 4.0])
    assert (comparison.probability_best[:, 0] == 1.0).all()
    got = judged(comparison, items, np.zeros(3, bool))
    assert list(got.verdict) == ["too_close", "clear", "too_close"]
    assert list(got.recommended) == [0, 0, 1] and (got.gain == 0.0).all()


def test_an_elasticity_in_doubt_can_decide() -> None:
    """Perfect year 400, stock costs 20.4. To order at a tenth more buyers pay 5 a unit more than cost; 1.1^-1 of them stay, at an elasticity of 6 hardly half."""
    items = priced_items(["A"], price_premium=0.1).with_field("price_elasticity", 1.0, ASSUMED, 0.5, 6.0)
    got = judged_on(
        by_hand(items, [20.0], [0.0]), items, np.zeros(1, bool), ledgers_by_hand(items, [20.0], [0.0])
    )
    assert got.verdict[0] == "depends_on_price_elasticity" and got.recommended[0] == 1
    # ahead of stock by 8 as long as 500 x 1.1^-elasticity - 379.6 is at least that
    assert got.break_even[0] == pytest.approx(np.log(500.0 / 387.6) / np.log(1.1), rel=1e-3)


def test_two_that_are_too_close_but_both_clearly_ahead_of_today() -> None:
    """Perfect year 400, stock of 100 costs 102. Assembled or to order lose 20 (5 units), a hair apart: the better one is done, for 82. Where both
    lose 100 (25 units), they are no clear step from stock, which stays."""
    items = priced_items(["both", "neither"], component_share=0.5)
    two = by_hand(items, [100.0, 100.0], [5.0, 25.0], noise=2.0)
    like_order = replace(two.chosen["MTO"], strategy="ATO", profit=two.chosen["MTO"].profit - 0.01)
    rng = np.random.default_rng(9)
    extra = two.by_path[:, 1] + 2.0 * rng.standard_normal(two.by_path[:, 1].shape)
    by_path = np.stack([two.by_path[:, 0], extra, two.by_path[:, 1]], axis=1).astype(np.float32)
    by_draw = expected_parameter_draws(by_path.astype(np.float64), INNER)
    best, regret = probability_best(by_draw)
    profit = np.stack([two.profit[:, 0], like_order.profit, two.profit[:, 1]], axis=1)
    names = ("MTS", "ATO", "MTO")
    three = replace(two, strategies=names, chosen={"MTS": two.chosen["MTS"], "ATO": like_order, "MTO": two.chosen["MTO"]}, profit=profit, by_path=by_path, by_draw=by_draw,
                    probability_best=best, probability_best_year=best, regret=regret, served_within=np.zeros((2, 3, 1)),
                    in_force=by_path.reshape(2, 3, DRAWS, INNER).mean(axis=3, dtype=np.float64))  # fmt: skip
    got = judged(three, items, np.zeros(2, bool))
    assert list(got.verdict) == ["clear", "too_close"] and list(got.recommended) == [2, 0]
    assert got.gain[0] == pytest.approx(102.0 - 20.0) and got.gain[1] == 0.0


def judged_below(comparison: Comparison, items: Items, less: NDArray[np.float64]) -> Recommendation:
    """What is recommended to products that are stocked today, at so much less than stock run well earns, in every year."""
    each = less[:, None]
    today = today_by_hand(
        comparison, items, "MTS", comparison.profit[:, 0] - less, comparison.by_path[:, 0] - each, comparison.by_draw[:, 0] - each,
        comparison.in_force[:, 0] - each, (5.0, 4.0),
    )  # fmt: skip
    return judged(replace(comparison, today=today), items, np.zeros(len(less), bool))


def test_another_strategy_is_held_against_todays_at_its_best_settings() -> None:
    """Margin 400, so that a change must bring 8. To stock at better levels brings 30; to order 36, no 8 more: to stock. 40: to order."""
    items = priced_items(["stock", "order"]).with_field("current_mode", np.array(["MTS"] * 2, object), GIVEN)
    comparison = by_hand(items, [20.0, 20.0], [3.6, 2.6])
    got = judged_below(comparison, items, np.array([30.0, 30.0]))
    assert list(got.recommended) == [0, 1] and not got.as_today.any()
    np.testing.assert_allclose(got.gain, [30.0, 40.0])


def test_planning_better_is_counted_whichever_strategy_is_ahead() -> None:
    """Stock of 20 costs 20.4, to order loses 21: a hair behind. Run today at 80 less than stock run well, surely: stock, planned better; at 1.3 less, below
    half a per cent of 400: as today."""
    items = priced_items(["plan", "same"]).with_field("current_mode", np.array(["MTS"] * 2, object), GIVEN)
    comparison = by_hand(items, [20.0, 20.0], [5.25, 5.25], noise=30.0)
    got = judged_below(comparison, items, np.array([80.0, 1.3]))
    assert (
        list(got.verdict) == ["clear", "too_close"]
        and list(got.recommended) == [0, 0]
        and list(got.as_today) == [False, True]
    )
    np.testing.assert_allclose(got.gain, [80.0, 0.0])
    np.testing.assert_allclose(got.planning, got.gain)


def test_what_is_as_good_today_as_anything_found_stays_and_is_told_with_todays_figures() -> None:
    """Perfect year 400. To order loses 30 units (120), stock of 20 costs 20.4. Orders as promised today cost 4, 17 or 30: surely ahead, a hair ahead, behind
    by more than 8, the least that is worth a change."""
    items = priced_items(["ahead", "close", "behind"]).with_field(
        "current_mode", np.array(["MTO"] * 3, object), GIVEN
    )
    items = items.with_field("historical_wait_days", np.full(3, 9.0), GIVEN).with_field(
        "quote_days", np.full(3, 30.0), GIVEN
    )
    comparison = by_hand(items, [20.0] * 3, [30.0] * 3, noise=1.0)
    profit = 400.0 - np.array([4.0, 17.0, 30.0])
    more = profit - comparison.profit[:, 1]
    years, draws, sure = (
        column[:, 1] + more[:, None]
        for column in (comparison.by_path, comparison.by_draw, comparison.in_force)
    )
    today = today_by_hand(comparison, items, "MTO", profit, years, draws, sure, quote_days=9.0)
    got = judged(replace(comparison, today=today), items, np.zeros(3, bool))
    assert list(got.verdict) == ["clear", "too_close", "clear"]
    assert list(got.recommended) == [1, 1, 0] and list(got.as_today) == [True, True, False]
    np.testing.assert_allclose(got.gain, [0.0, 0.0, 30.0 - 20.4])
    np.testing.assert_allclose(got.lead[:2], [20.4 - 4.0, 20.4 - 17.0])
    assert got.probability_best[0] == 1.0
    for i, earned in enumerate(("396", "383")):
        assert (
            f"as it is run today: that earns {earned} a year" in got.reason[i]
            and "making to stock, earns 380" in got.reason[i]
        )
    assert (
        "falls short by 16 a year" in got.why_not[0]
        and "more" not in got.why_not[0]
        and "order, 9 days as promised: as good as planning it anew" in got.notes[0]
    )


@pytest.mark.parametrize(
    ("lever", "values"), [("queue_days", (3.0, 11.0, 21.0)), ("cost_premium", (0.0, 0.02, 0.05))]
)
def test_a_longer_quote_or_a_dearer_order_never_raises_the_gain(
    study: Study, lever: str, values: tuple[float, ...]
) -> None:
    """Nor the number of products to order. Those made to order today without a promise on file pay what a change costs, and are left out."""
    before: tuple[float, int] | None = None
    for value in values:
        moved = reassume(study, study.assumptions.with_general(**{lever: value}), how_sure=False)
        r = moved.recommendation
        mine = ~r.ended & (r.baseline != r.strategies.index("MTO"))
        now = float(r.gain[mine].sum()), int((r.recommended == r.strategies.index("MTO"))[mine].sum())
        if before is not None:
            assert now[0] <= before[0] + 0.005 * abs(before[0]) and now[1] <= before[1]
        before = now


def test_a_constant_added_to_all_strategies_changes_no_verdict(study: Study) -> None:
    """A thousand more for every strategy in every year: same verdicts, gains, leads and break-evens."""
    c = study.comparison
    assert c.today is not None
    plus = {
        name: getattr(c.today, name) + np.float32(1000.0)
        for name in ("profit", "by_path", "by_draw", "in_force")
    }
    today = replace(c.today, **plus)
    more = replace(
        c, today=today, profit=c.profit + 1000.0, by_path=(c.by_path.astype(np.float64) + 1000.0), by_draw=c.by_draw + 1000.0, in_force=c.in_force + 1000.0,  # type: ignore[arg-type]
        chosen={name: replace(one, profit=one.profit + 1000.0) for name, one in c.chosen.items()},
    )  # fmt: skip
    before, after = (judged(one, study.items, study.recommendation.ended) for one in (c, more))
    assert list(before.verdict) == list(after.verdict) and (before.recommended == after.recommended).all()
    np.testing.assert_allclose(after.gain, before.gain, atol=1e-6)


def test_the_small_company_has_every_verdict(study: Study) -> None:
    verdicts = {str(v).split("_on_")[0] for v in study.recommendation.verdict}
    assert {"clear", "depends", "not_decidable"} <= verdicts
    assert {study.recommendation.strategies[k] for k in study.recommendation.recommended} == {
        "MTS",
        "ATO",
        "MTO",
    }


@pytest.mark.parametrize("field", ["cost_premium"])
def test_a_break_even_is_where_a_rerun_turns(study: Study, field: str) -> None:
    """The decisive assumption stated a little below and a little above its break-even: another choice is right."""
    stated = {
        sku: text.split("[product.")[0]
        for sku, text in (part.split("]", 1) for part in STATED.split("[product.")[1:])
    }
    position = next(
        i
        for i, v in enumerate(study.recommendation.verdict)
        if v == f"depends_on_{field}" and field in stated.get(str(study.items.skus[i]), "")
    )
    sku = str(study.items.skus[position])
    low, high = (float(bound[position]) for bound in study.items.range(field))
    at = float(study.recommendation.break_even[position])
    assert low < at < high
    block = STATED.split(f"[product.{sku}]")[1].split("[product.")[0]
    best = []
    for value in (max(low, 0.75 * at), min(high, 1.25 * at)):
        changed = re.sub(rf"{field} = .*", f"{field} = {value}", block)
        moved = reassume(study, read_assumptions(STATED.replace(block, changed)), how_sure=False)
        best.append(int(moved.recommendation.decided.decision.shown[position]))
    assert best[0] != best[1]


def test_gains_and_the_shared_line_add_up(study: Study) -> None:
    recommendation, portfolio = study.recommendation, study.portfolio
    rows = np.arange(len(recommendation.skus))
    today = study.comparison.today
    assert today is not None and list(today.index) == list(rows)
    moved = np.zeros(len(rows))
    moved[today.index] = study.comparison.profit[rows, recommendation.recommended][today.index] - today.profit
    np.testing.assert_allclose(
        recommendation.gain, np.where(np.isfinite(moved) & ~recommendation.as_today, moved, 0.0), atol=1e-9
    )
    assert round(float(recommendation.gain.sum()) + recommendation.shared, 2) == round(portfolio.gain, 2)
    assert round(portfolio.money["mix"]["profit"] - portfolio.money["baseline"]["profit"], 2) == round(
        portfolio.gain, 2
    )
    assert portfolio.gain_low <= portfolio.gain <= portfolio.gain_high
    for plan, money in portfolio.money.items():
        extra = money.get("shared", 0.0)
        assert money["profit"] - extra + sum(money[c] for c in COMPONENTS) == pytest.approx(
            money["benchmark"], rel=1e-9
        ), plan
        assert portfolio.low[plan] < money["profit"] < portfolio.high[plan]


def test_a_partly_joined_family_earns_less_than_its_members_hope(study: Study) -> None:
    """Only some lamps assemble: the pool is smaller than each assumes, and the shared line says so."""
    ato = study.recommendation.strategies.index("ATO")
    joined = study.recommendation.recommended[study.setup.families[0]] == ato
    assert 0 < joined.sum() < len(joined)
    assert study.recommendation.shared != 0.0


AMOUNT = re.compile(r"(\d[\d.]*(?: [kM])?)")


def test_reasons_name_amounts_of_the_components(study: Study) -> None:
    """Every amount in a sentence is the difference of a component, in the formatter's two digits."""
    recommendation, strategies = study.recommendation, study.recommendation.strategies
    table = {name: strategy_money(study.comparison, study.items, name) for name in strategies}
    seen = 0
    for i in range(len(recommendation.skus)):
        if (
            not str(recommendation.verdict[i]).startswith(("clear", "depends_on_"))
            or recommendation.runner_up[i] < 0
        ):
            continue
        reason = recommendation.reason[i].split(" It turns")[0]
        if recommendation.as_today[i]:  # what today earns, and the best of the others
            today = study.comparison.today
            assert today is not None
            said = (
                float(today.profit[list(today.index).index(i)]),
                float(study.comparison.profit[i, recommendation.runner_up[i]]),
            )
            assert [amount.strip(". ") for amount in AMOUNT.findall(reason)] == [
                number_text(value, 3) for value in said
            ]
            seen += 2
            continue
        mine, other = strategies[recommendation.recommended[i]], strategies[recommendation.runner_up[i]]
        differences = {number_text(abs(float(table[other][c][i] - table[mine][c][i])), 2) for c in COMPONENTS}
        for amount in AMOUNT.findall(reason):
            assert amount.strip(". ") in differences, (reason, amount, differences)
            seen += 1
        short = number_text(
            abs(
                float(
                    study.comparison.profit[i, recommendation.recommended[i]]
                    - study.comparison.profit[i, recommendation.runner_up[i]]
                )
            ),
            2,
        )
        assert f"falls short by {short}" in recommendation.why_not[i]
    assert seen >= 10


def test_why_not_adds_up(study: Study) -> None:
    """What a strategy falls short by is what its sentence says it bears more, and saves: to the rounding of two digits each."""

    def amounts(text: str) -> list[float]:
        return [
            float(n.strip(". ").removesuffix("k").removesuffix("M"))
            * {"k": 1e3, "M": 1e6}.get(n.strip(". ")[-1], 1.0)
            for n in AMOUNT.findall(text)
        ]

    added, tails = 0, set()
    two = (
        study,
        reassume(study, study.assumptions.with_general(cancellable_share=0.6), how_sure=False),
    )  # what is written off differs, and so do the sentences
    for text in " ".join(str(t) for one in two for t in one.recommendation.why_not).split("Not ")[1:]:
        found = re.match(r".*falls short by ([\d.]+(?: [kM])?) a year: it (.*)$", text)
        if not found:
            continue
        (short,) = amounts(found[1])
        bears, _, rest = found[2].split(". ")[0].partition("; ")
        tail = sum(amounts(rest)) * (-1.0 if "saves" in rest else 1.0)
        said = [*amounts(bears), tail]
        assert sum(said) == pytest.approx(short, abs=0.1 * short + 0.05 * sum(abs(v) for v in said)), text
        added += 1
        tails.add(rest.rstrip(".").split()[-1] if rest else "")
    assert added >= 10 and tails == {"", "amounts", "elsewhere"}
