"""Who assembles together: a family joins, or stays apart, as the family as a whole earns most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.items import GIVEN
from analytics.strategy.compare import Comparison
from analytics.strategy.decision_rule import Decided, Decision
from analytics.strategy.own_decision import strategy_money
from analytics.strategy.pool_membership import ruled_out_by_families, shared_components
from analytics.strategy.present.present_policy import profit_today
from analytics.study import Study, run_study
from tests.sample_data.kept import kept_sample
from tests.strategy.flips.judged import judged
from tests.strategy.small import small_study


@pytest.fixture(scope="module")
def study() -> Study:
    return small_study()


def first_two_of_a_family(
    study: Study, lead: tuple[float, float], behind: float
) -> tuple[Comparison, Decided, np.ndarray, int]:
    """Made up: the first two of a family gain `lead` by assembling, the others would lose `behind`; all of them lose a lot as they are run today."""
    comparison = study.comparison
    ato, today = (comparison.strategies.index(name) for name in ("ATO", "MTO"))
    members = next(f for f in study.setup.families if len(f) == 4)
    profit = comparison.profit.copy()
    profit[members, today] = -10_000.0
    others = np.where(np.arange(profit.shape[1]) == ato, -np.inf, np.nan_to_num(profit, nan=-np.inf))
    profit[members, ato] = others[members].max(axis=1) - behind
    profit[members[:2], ato] = others[members[:2]].max(axis=1) + np.array(lead)
    recommended = others.argmax(axis=1)
    recommended[members[:2]] = ato
    nobody = np.zeros(len(profit), bool)
    was = study.recommendation.decided
    base = profit[:, today]
    chosen = replace(
        was,
        baseline=np.full(len(profit), today),
        base=base,
        living=~nobody,
        decision=Decision(recommended.astype(np.intp), nobody, nobody),
    )
    return replace(comparison, profit=profit, today=None), chosen, members, ato


@pytest.mark.parametrize(
    ("cost", "behind", "what"),
    [
        (-41.0, 100.0, "as each"),  # 42 gained, 41 paid
        (-43.0, 100.0, "apart"),  # more is paid than gained, and the others would lose 100 each
        (-41.0, 10.0, "together"),  # two others give up 20 to spare 41
        (-43.0, 30.0, "apart"),  # they would have to give up 60: nobody joins
        (5.0, 10.0, "as each"),
    ],
)
def test_a_family_does_what_earns_it_most(
    study: Study, monkeypatch: pytest.MonkeyPatch, cost: float, behind: float, what: str
) -> None:
    comparison, chosen, members, ato = first_two_of_a_family(study, (30.0, 12.0), behind)

    def pooled(setup, comparison, assembled, items, joined, asked):  # type: ignore[no-untyped-def]
        return np.array(
            [
                cost if 0 < assembled[f].sum() < len(f) and f is members and asked[k] else 0.0
                for k, f in enumerate(setup.families)
            ]
        )

    monkeypatch.setattr("analytics.strategy.pool_membership.shared_components", pooled)
    out = ruled_out_by_families(study.setup, comparison, chosen, study.items, lambda members: {})
    gain = {"as each": 42.0 + cost, "apart": 0.0, "together": 42.0 - 2.0 * behind}
    assert gain[what] == max(gain.values()) or cost > 0.0
    if what == "as each":
        assert out is None
    elif what == "apart":
        assert out is not None and out[members[:2], ato].all() and out.sum() == 2
    else:
        assert out is not None and not out[members[:2]].any() and not out[:, ato].any()
        assert out[members[2:], chosen.recommended[members[2:]]].all()
        left = np.where(out | ~np.isfinite(comparison.profit), -np.inf, comparison.profit)[members[2:]]
        assert (left.argmax(axis=1) == ato).all()


def test_a_whole_family_shares_nothing(study: Study) -> None:
    everyone = study.comparison.chosen["ATO"].offered
    assert not shared_components(
        study.setup,
        study.comparison,
        everyone,
        study.items,
        lambda members: pytest.fail("nobody has to be simulated"),
    ).any()


def test_what_the_family_rules_out_is_decided_among_the_rest(study: Study) -> None:
    comparison = study.comparison
    ato = comparison.strategies.index("ATO")
    apart = comparison.chosen["ATO"].offered & ~study.recommendation.ended
    out = np.zeros(comparison.profit.shape, bool)
    out[apart, ato] = True
    got = judged(comparison, study.items, study.recommendation.ended, ruled_out=out)
    changed = apart & (got.baseline != ato)
    assert (
        changed.any()
        and not (got.recommended[changed] == ato).any()
        and not (got.runner_up[apart] == ato).any()
    )
    others = np.delete(comparison.profit, ato, axis=1).copy()
    best = np.nanmax(others, axis=1)
    moved, stays = (
        changed & ~got.as_today,
        np.flatnonzero(changed & got.as_today & (got.verdict != "not_decidable")),
    )
    assert np.allclose(comparison.profit[moved, got.recommended[moved]], best[moved])
    margin = strategy_money(comparison, study.items, "MTS")["benchmark"]
    ahead = best[stays] - profit_today(comparison, got.baseline)[stays]
    assert (
        len(stays)
        and (ahead <= np.maximum(0.02 * margin[stays], np.nanmax(got.decided.noise[stays], axis=1))).all()
    )
    assert all("too few of it would join" in got.why_not[i] for i in np.flatnonzero(changed))
    untouched = ~apart & ~study.recommendation.ended
    assert np.array_equal(got.recommended[untouched], study.recommendation.recommended[untouched])


def test_who_stays_for_the_family_is_told_why(study: Study) -> None:
    """A product that would earn more alone: assembled, at its own money, with what it gives up in words."""
    comparison = study.comparison
    ato = comparison.strategies.index("ATO")
    alone = np.nanargmax(np.where(np.isfinite(comparison.profit), comparison.profit, -np.inf), axis=1)
    stays = np.flatnonzero(
        comparison.chosen["ATO"].offered
        & ~study.recommendation.ended
        & (alone != ato)
        & (study.recommendation.baseline != ato)
    )
    out = np.zeros(comparison.profit.shape, bool)
    out[stays] = np.arange(comparison.profit.shape[1]) != ato
    got = judged(comparison, study.items, study.recommendation.ended, ruled_out=out)
    decided = stays[got.recommended[stays] == ato]
    assert len(decided)
    for i in decided:
        assert got.probability_best[i] == comparison.probability_best[i, ato]
        behind = np.where(
            np.arange(comparison.profit.shape[1]) == ato,
            -np.inf,
            np.where(comparison.profit[i] <= comparison.profit[i, ato], comparison.profit[i], -np.inf),
        )
        if np.isfinite(behind).any():  # what it is ahead of all the same
            assert got.runner_up[i] == behind.argmax() and got.lead[i] == pytest.approx(
                comparison.profit[i, ato] - behind.max()
            )
            assert "gain too little to change" in got.notes[i]
        assert str(got.verdict[i]).startswith(("clear", "depends_on_")) and got.gain[i] == pytest.approx(
            comparison.profit[i, ato] - profit_today(comparison, got.baseline)[i]
        )
        assert "the rest of its family would pay more" in got.why_not[i]


def test_a_longer_quote_earns_the_servers_no_more() -> None:
    """At a quote of two weeks a few members would leave the pool for a little; at three weeks they would not. The first must not earn less."""
    servers = kept_sample("servers")
    given = servers.given_items
    assert given is not None
    gains = [
        run_study(
            servers.history,
            given.with_field("quote_days", days, GIVEN),
            servers.assumptions,
            seed=servers.seed,
            how_sure=False,
        ).portfolio.gain
        for days in (14.0, 21.0)
    ]
    assert gains[0] >= gains[1] > 0.0
