"""The past replayed: at each date decide from what was known then, by the same code as a study, and meet what really happened.

One concept: the order of a replay. Its dates, studies, windows and what is left at the end follow one another here;
policies, play and score have files of their own in `validation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, Unpack

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import Assumptions
from analytics.data.history import SalesHistory
from analytics.data.items.bom_file import BillOfMaterials
from analytics.demand import demand_panel
from analytics.demand.as_of import history_of, history_until, items_until
from analytics.errors import DataError, Problem, options_in_force
from analytics.forecast.spread.paths import WEEKS
from analytics.items import Items
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.own_decision import decide_each
from analytics.strategy.plans.ledgers import Progress
from analytics.strategy.plans.recipes import Grid
from analytics.study import Study, run_study
from analytics.study_options import DATE_DEFAULTS, REPLAY_DEFAULTS, DateOptions, ReplayOptions
from analytics.validation.chosen import chosen_products, sharing_components
from analytics.validation.compared import policies_table, products_table
from analytics.validation.days import Paces, alike_in_family
from analytics.validation.gains import fill_rate_planned
from analytics.validation.judged import weeks_between_sales
from analytics.validation.leftover import VALUATIONS, facts_at_end, value_closing
from analytics.validation.policies import DECIDED, MTS, Decision, Followed, Place, decision
from analytics.validation.promised import gains_measured, promised_gains, promised_together
from analytics.validation.report import replay_summary, replay_table
from analytics.validation.schedule import (
    Schedule,
    actual_demand,
    actual_large,
    actual_prices,
    days_known,
    demand_by_day,
    schedule,
)
from analytics.validation.score import (
    Replayed,
    best_afterwards,
    scoring_items,
    stock_grown,
    window_money,
)

__all__ = [
    "Replayed", "decide_at", "policies_table", "products_table", "replay_schedule", "replay_summary", "replay_table", "run_replay",
]  # fmt: skip

Array = NDArray[np.float64]


def replay_schedule(history: SalesHistory, origins: int, frequency: str | None = None) -> Schedule:
    """The dates of a replay; demand is counted in what the history before the first date suggests, unless `frequency` says."""
    panel = demand_panel(history, frequency or ("M" if history.frequency == "M" else "W"))
    plan = schedule(panel, origins)
    if (
        frequency is None
        and plan.frequency == "W"
        and demand_panel(history_until(history, plan.origins[0])).frequency == "M"
    ):
        plan = schedule(demand_panel(history, "M"), origins)
    return plan


def decide_at(
    history: SalesHistory,
    items: Items | None,
    assumptions: Assumptions,
    plan: Schedule,
    origin: int,
    **options: Unpack[DateOptions],
) -> Study:
    """The study that could have been made at the start of a date of the schedule: only what was known then goes in.

    `options` are the keywords of `analytics.study_options.DateOptions`. Raises DataError where nothing had been sold by
    then, TypeError for a keyword that is none of them.
    """
    chosen = options_in_force("decide_at", options, DATE_DEFAULTS)
    day = plan.origins[origin]
    known = history_until(history, day)
    if not len(known):
        raise DataError(
            Problem("nothing_known", f"nothing had been sold before {day}", "ask for fewer dates")
        )
    return run_study(
        known,
        items_until(items, day),
        assumptions,
        frequency=plan.frequency,
        how_sure=False,
        **chosen,
    )


def _of_a_date(chosen: ReplayOptions, tell: Progress | None) -> DateOptions:
    """What a replay passes on to the study of one date, which tells its own progress."""
    return {
        "cleaning": chosen["cleaning"],
        "bom": chosen["bom"],
        "seed": chosen["seed"],
        "draws": chosen["draws"],
        "progress": tell,
    }


def _weeks_between(study: Study, plan: Schedule, origin: int) -> int:
    """Weeks from the first week the study forecasts to the origin: more than 0 where its last complete period ends earlier."""
    return max(
        0,
        int(
            origin * plan.window_weeks
            - plan.week_of(np.array([study.forecast.first_period], "datetime64[D]"))[0]
        ),
    )


def _known_ends(items: Items | None, skus: NDArray[np.object_], plan: Schedule) -> NDArray[np.int64]:
    """Week of the replay at whose start each product's given end date has passed; far away where there is none."""
    week = np.full(len(skus), np.iinfo(np.int32).max, np.int64)
    if items is None:
        return week
    place = {str(sku): i for i, sku in enumerate(skus)}
    for sku, end in zip(items.skus, items["end_date"], strict=True):
        if str(sku) in place and not np.isnat(end):
            week[place[str(sku)]] = int(plan.week_of(np.array([end]))[0]) + 1
    return week


def _followed(study: Study, at: NDArray[np.intp], before: list[Decision]) -> Followed:
    """The recommendation to a company that does since the date before what was recommended then.

    What it has planned anew since is compared with that plan, no longer with the levels of the file, and stays planned.
    """
    was = study.recommendation
    if not before:
        return Followed(was.recommended, was.as_today)
    (last,) = before
    mode = np.where(
        last.known[at],
        np.array(DECIDED, object)[last.strategy[last.policies.index("mix"), at]],
        study.items["current_mode"],
    )
    items = study.items.with_field("current_mode", mode, study.items.origin("current_mode"))
    planned = last.planned[at]
    rest = (was.ended, was.ruled_out, study.outlook.too_short)
    by_file = decide_each(study.comparison, items, *rest, was.decided.noise)
    by_plan = decide_each(replace(study.comparison, today=None), items, *rest)
    return Followed(np.where(planned, by_plan.recommended, by_file.recommended), by_file.as_today & ~planned)


def run_replay(
    history: SalesHistory,
    items: Items | None = None,
    assumptions: Assumptions | None = None,
    *,
    origins: int,
    **options: Unpack[ReplayOptions],
) -> Replayed:
    """What would have happened had the recommendation, or a simpler policy, been followed at past dates.

    `origins` is how many dates there are; `options` are the keywords of `analytics.study_options.ReplayOptions`.

    At each date everything is fitted again on what was known then: cleaning, seasons, rates of ending, classes, prices, the choice. What
    really happened until the next date is then played against it, with stock, orders under way and waiting customers carried on.
    All policies take over the same stock at the start: what today's strategy would hold. Closing stock is valued as in a study, by what all
    of the file tells (see `validation.leftover`). Between two dates the planner follows demand as in the simulation.

    Nobody knows who of the past would have waited: the waiting rule says, with each product's patience, or with `patience_per_day` by SKU
    where it is known. Assumptions are fixed beforehand and are not tuned to the result. Raises DataError where the history is
    too short, TypeError for a keyword that is none of the options.
    """
    chosen = options_in_force("run_replay", options, REPLAY_DEFAULTS)
    # the past is replayed as it was: what moves the coming year moves nothing of it
    assumptions = replace(assumptions or Assumptions(), what_if=())
    seed, patience_per_day = chosen["seed"], chosen["patience_per_day"] or {}
    step = chosen["progress"] or (lambda share, text: None)
    history, in_file = _chosen(history, items, assumptions, chosen["bom"], chosen["products"])
    plan = replay_schedule(history, origins, chosen["frequency"])
    actual, prices = actual_demand(history, plan, seed), actual_prices(history, plan)
    skus = history.skus
    place = {str(sku): i for i, sku in enumerate(skus)}
    true_patience = np.array([patience_per_day.get(str(sku), np.nan) for sku in skus])
    stops = _known_ends(items, skus, plan)
    family = sharing_components(skus, items, assumptions, chosen["bom"])
    whole = run_study(
        history, items, assumptions, frequency=plan.frequency, split_orders=False, how_sure=False,
        **_of_a_date(chosen, None),
    )  # fmt: skip
    daily = _played_by_day(history, plan, whole, family)
    paces = {1: np.flatnonzero(~daily), 7: np.flatnonzero(daily)}
    came = {1: actual[paces[1]], 7: demand_by_day(history, plan, paces[7])}
    actual[daily] = came[7].reshape(len(paces[7]), actual.shape[1], 7).sum(axis=2)
    pool = np.full(len(skus), -1, np.intp)
    values = scoring_items(skus)
    filled = np.zeros(len(skus), np.bool_)
    play: Paces | None = None
    decided: list[Decision] = []
    promises = []
    counts: list[Array] = []
    notes: list[str] = []
    if history.promotions is not None:
        notes.append("Promotions that the calendar names count as planned at every date before them.")
    for k in range(origins):
        share, text = k / origins, f"date {k + 1} of {origins}"

        def tell(part: float, doing: str, share: float = share, text: str = text) -> None:
            step(share + 0.97 * part / origins, f"{text}: {doing}")

        study = decide_at(
            history,
            items,
            assumptions,
            plan,
            k,
            **_of_a_date(chosen, tell),
        )
        at = np.array([place[str(sku)] for sku in study.items.skus], np.intp)
        patience = np.where(
            np.isfinite(true_patience[at]),
            true_patience[at],
            np.asarray(study.items["patience_per_day"], np.float64),
        )
        decided_now = decision(
            Place(at, len(skus), pool, _weeks_between(study, plan, k), patience),
            study.panel,
            study.items,
            study.setup,
            study.comparison,
            study.recommendation,
            _followed(study, at, decided[-1:]),
            Grid(),
        )
        fresh = ~filled[at]
        for name in values:
            values[name][at[fresh]] = np.asarray(study.items[name], np.float64)[fresh]
        filled[at] = True
        play = play or Paces(len(decided_now.policies), daily)
        first = k * plan.window_weeks
        window = slice(first, first + plan.window_weeks)
        large = {}
        for steps in play.rows:
            every = np.zeros((len(skus), actual.shape[1] * steps))
            every[paces[steps]] = came[steps]
            found = actual_large(history, plan, decided_now.limit, every, decided_now.channel, steps)
            units, orders = (column[paces[steps]][:, _at_pace(window, steps)] for column in found)
            large[steps] = units, orders
        wanted = {steps: came[steps][:, _at_pace(window, steps)] for steps in play.rows}
        counts.append(play.step(decided_now, wanted, stops - first, large))
        decided.append(decided_now)
        share = plan.window_weeks / WEEKS
        promises.append(
            promised_gains(at, decided_now, study.panel, study.comparison, study.recommendation, share)
        )
        if decided_now.not_played:
            notes.append(
                f"{plan.origins[k]}: {decided_now.not_played:,} products recommended a strategy that a replay cannot play; the best of the others is played."
            )
    varies, keeps = (
        np.nan_to_num(np.asarray(study.items[name], np.float64))
        for name in ("lead_time_cv", "shelf_life_days")
    )
    simpler = int(((varies > 0.0) | (keeps > 0.0)).sum())
    assert play is not None
    notes += _said_of_days(daily, whole, days_known(history, plan))
    step(0.97, "what is left is worth")
    at = np.array([place[str(sku)] for sku in whole.items.skus], np.intp)
    told = facts_at_end(at, pool, whole.items, whole.setup, whole.comparison, whole.recommendation)
    step(0.98, "pricing what happened")
    left = actual[:, plan.weeks :].sum(axis=1)
    closed = {
        how: value_closing(counts[-1], decided[-1], left, plan.tail_weeks / WEEKS, told, how)
        for how in VALUATIONS
    }
    counts[-1] = closed.pop("rule")
    played = _Windows(decided, play, np.stack(counts), values, prices, simpler, closed)
    scored = _scored(plan, skus, played, notes, seed, chosen["currency"])
    measured = gains_measured(scored, promised_together(promises))
    between = weeks_between_sales(history, plan)
    return replace(scored, family=family, between=between, in_file=in_file, measured=measured)


def _played_by_day(
    history: SalesHistory, plan: Schedule, whole: Study, family: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Products that are replayed day by day, (products,): as the study of the whole file plays them, where the days of orders are on record."""
    out = np.zeros(len(history.skus), np.bool_)
    if days_known(history, plan):
        played = {str(sku) for sku in whole.items.skus[whole.setup.world.steps_per_week > 1]}
        out[:] = [str(sku) in played for sku in history.skus]
    return alike_in_family(out, family)


def _said_of_days(daily: NDArray[np.bool_], whole: Study, days: bool) -> list[str]:
    """What is said of products that a study plays by the day."""
    played, left = int(daily.sum()), int((whole.setup.world.steps_per_week > 1).sum() - daily.sum())

    def products(count: int) -> str:
        return f"{count:,} product{'s' if count != 1 else ''}"

    said = []
    if played:
        said.append(
            "Replayed day by day, as a study plays them: "
            f"{products(played)} whose stock is replenished within a week. All others week by week."
        )
    if left > 0:
        why = (
            "they share components with others" if days else "the file does not say on which day orders came"
        )
        said.append(f"{products(left)} that a study plays by the day replayed by the week: {why}.")
    return said


def _at_pace(window: slice, steps: int) -> slice:
    """The same stretch of weeks, in steps."""
    return slice(window.start * steps, window.stop * steps)


def _chosen(
    history: SalesHistory, items: Items | None, assumptions: Assumptions, bom: BillOfMaterials | None, products: int | None
) -> tuple[SalesHistory, int]:  # fmt: skip
    """The history of the products to replay, all of them where `products` is None, and how many products the file has."""
    if products is None:
        return history, len(history.skus)
    family = sharing_components(history.skus, items, assumptions, bom)
    return history_of(history, chosen_products(history.skus, family, products)), len(history.skus)


class _Windows(NamedTuple):
    """What was played from each date to the next.

    decided: what every policy did, by date. play: the stocks as the last window leaves them.
    counts: (windows, policies, products, strategies, counts), and values (products,) and prices (products, windows)
    to price them by. simpler: products replayed more simply than they are simulated. closed: the last window's counts by
    the other ways to value closing stock.
    """

    decided: list[Decision]
    play: Paces
    counts: Array
    values: Mapping[str, Array]
    prices: Array
    simpler: int
    closed: Mapping[str, Array]


def _scored(
    plan: Schedule, skus: NDArray[np.object_], played: _Windows, notes: list[str], seed: int, currency: str
) -> Replayed:
    """What was played, priced: money and fill by window, policy and product, and what was best afterwards."""
    decided, play, counts, values, prices, simpler, closed = played
    last = decided[-1]
    stated = np.any([d.stated for d in decided], axis=0)
    known = np.stack([d.known for d in decided])
    mts = last.policies.index("all_mts")
    used = [
        p
        for p, name in enumerate(last.policies)
        if not (name == "present" and not stated.any())
        and not (name == "all_ato" and not (last.pool >= 0).any())
    ]
    policies = tuple(last.policies[p] for p in used)
    money = [window_money(counts[k], skus, values, prices[:, k]) for k in range(len(decided))]
    profit = np.stack([m[0] for m in money])[:, used]
    demanded = counts[:, mts, :, MTS, COUNT_INDEX["demanded"]]
    planned = np.stack([d.planned_fill for d in decided])
    sums = np.where(known & np.isfinite(planned), demanded, 0.0)
    total = counts[:, used]
    living = int(known.any(axis=0).sum())
    said = int((stated & known.any(axis=0)).sum())
    notes = [
        "How long past customers would have waited is assumed by the waiting rule: history only shows whom the company served as it did.",
        f"Closing stock that the plan of the file's end would order again is worth its cost, and so is what the {plan.tail_weeks} weeks afterwards really sold; "
        "the rest waits its turn by the forecast of the file's end, carries its cost until it sells, and fetches what leftovers fetch if its product ends first.",
        "All policies take over the same stock at the first date: what today's strategy would hold, else stock of everything.",
        "Costs, lead times and other columns of the items file are those of today; end dates count only once they have passed.",
        "Rules of thumb and assumptions were fixed beforehand; nothing was tuned to this result.",
        *notes,
    ]
    if simpler:
        notes.append(
            f"{simpler:,} products have lead times that vary from order to order or a shelf life: replayed with their usual lead time and without discarding."
        )
    if stated.any():
        others = "" if said == living else "; the others count as made to stock"
        notes.append(f"Today's strategy is known for {said:,} of {living:,} products{others}.")
        notes.append(
            "Its lots, levels and promises are today's, not the best of a date, and levels of the file stand still: from a reorder point in lots, or up to the level. "
            "The mix runs what is not worth a change as today."
        )
    else:
        notes.append(
            "Today's strategy is not known: the mix is compared with everything to stock, at the best settings of each date."
        )
    fill = fill_rate_planned(planned, sums)
    grown = np.stack([stock_grown(window, skus, values) for window in counts])[:, used]
    lead = np.full(len(skus), np.nan)
    for at_date in reversed(decided):
        lead[at_date.known] = at_date.stock.lead_weeks[at_date.known]
    none = np.full(len(skus), np.nan)
    replayed = Replayed(
        skus, plan, policies, np.stack([d.strategy[used] for d in decided]), total, profit, np.stack([m[1] for m in money])[:, used], known,
        np.full(len(skus), -1, np.intp), "present" if stated.any() else "all_mts", said, fill, seed, currency, tuple(notes),
        play.mix_stock, play.mix_short, grown, np.arange(len(skus)), lead, none, len(skus),
        {how: window_money(last_counts, skus, values, prices[:, -1])[0][used] for how, last_counts in closed.items()},
    )  # fmt: skip
    priced = replayed.priced
    whole = np.where(known[:, None, :], profit, 0.0).sum(axis=0)
    return replace(replayed, hindsight=best_afterwards(policies, np.where(priced, whole, np.nan)))
