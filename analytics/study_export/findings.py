"""A study as findings to take away, in order: what slides and page are written from, each figure decided and formatted here or before.

One concept: which findings a study has, what each says and shows, and which are left out and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.demand.from_sales.below_cost import below_cost
from analytics.naming.figures import FIGURES
from analytics.naming.labels import (
    PLANS,
    Strategy,
    Verdict,
    money_text,
    number_text,
    percent_text,
    strategy_text,
    total_text,
)
from analytics.naming.scales import field_words
from analytics.scenario.own_rule import own_rule_document
from analytics.strategy.money.totals import written_off
from analytics.strategy.portfolio.answer import better_stocked, products_text
from analytics.strategy.portfolio.largest import order_over_stock_by_family
from analytics.strategy.what_if.gain_sensitivity import GainMove, what_stays
from analytics.study_doubt import study_confidence, study_moves, study_unknowns, unseen_sentence
from analytics.study_results import study_answer, study_margin, study_tables
from analytics.study_stock.cash import study_bridge
from analytics.study_stock.parts import StockParts
from analytics.valuation.bands import value_by_cover
from analytics.valuation.exposure import curves_of, marks_of
from analytics.version import __version__
from analytics.writeup.from_to import CHANGES
from analytics.writeup.takeaway.findings import Card, Finding, Picture, TakeAway
from analytics.writeup.takeaway.tables import (
    PLANS_CAPTION,
    changes_lines,
    moves_rows,
    open_assumptions,
    plans_table,
    steps_table,
)
from analytics.writeup.words.answer import Beside, answer_sentences, money_opens
from analytics.writeup.words.books import (
    GAIN_GROUPS,
    bridge_bars,
    cash_title,
    cover_title,
    exposure_title,
    file_margin,
    pay_back_words,
    way_sentence,
)
from analytics.writeup.words.own_rule import own_rule_words

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["study_findings"]

#: Scopes of the exposure that are shown, in words.
_SCOPES = {"stock": "Today's stock", **{plan: PLANS[plan] for plan in ("baseline", Strategy.MTS, "mix")}}
#: Colours of strategies, in words.
_COLOURS = {
    Strategy.MTS: "blue to stock",
    Strategy.ATO: "amber assembled to order",
    Strategy.MTO: "magenta to order",
    Strategy.HYBRID: "green split orders",
}
#: Assumptions of a tornado, and families of a picture, at most.
_MOVES, _FAMILIES = 8, 10
_NO_MONEY = "no product has both price and cost, so there is no money: gain, bridge, risk and what the gain depends on are not said."


def study_findings(
    study: Study, stock: StockParts, moves: Sequence[GainMove] | None = None, unseen: str | None = None
) -> TakeAway:
    """All findings of a study and of its `stock`.

    `moves` is what moves the gain and `unseen` what is said of demand that was never seen, where they are at hand (None: worked out here,
    which takes longest).
    """
    products = _products(study)
    living = ~study.recommendation.ended
    priced = _priced(study)
    money = bool((priced & living).any())
    kind = study_answer(study).kind
    decided = kind in ("keep", "stock", "change")
    if not (money and decided):
        moves, unseen = (), ""
    elif moves is None or unseen is None:
        unknowns = study_unknowns(study)
        moves, unseen = study_moves(study, unknowns), unseen_sentence(study, unknowns)
    table = pd.DataFrame(list(moves), columns=[*GainMove.__dataclass_fields__])
    made = [_answer(study, stock, moves, unseen, money and decided)]
    left_out: list[str] = []
    for find in (_where_it_pays, _bridge) if money and decided else ():
        made += find(study)
    if decided or money:
        made.append(_plans(study, money))
    made += _from_to(study, products, kind)
    if not (money and decided):
        said = (
            _NO_MONEY
            if not money
            else "nothing is to be decided here, so there is no gain: bridge, risk and what it depends on are not said."
        )
        left_out.append(said[:1].upper() + said[1:])
    known = stock.valued().stock.known
    if known:
        made += _cash(study, stock)
    else:
        left_out.append("Cash by month and reserve: no stock on hand is in the files. A stock file (sku, quantity) opens them.")  # fmt: skip
    if money and decided:
        made.append(_risk(study, stock))
        depends = _depends(study, table)
        made += depends
        if not depends:
            left_out.append("What the gain depends on: there is no gain that a value in doubt could move.")
    made += [_not_confirmed(study, living), _data(study)]
    r = study.history.report
    return TakeAway(
        {one.key: one for one in made},
        f"{r.source}; {r.first_date} to {r.last_date}; amounts in {study.currency or 'the currency of the file'} over the next 12 months",
        tuple(left_out),
        f"stock-or-order {__version__}, seed {study.seed}, data {r.digest[:16]}",
    )


def _priced(study: Study) -> np.ndarray:
    return np.isfinite(study.comparison.profit[:, study.comparison.strategies.index(Strategy.MTS)])


def _products(study: Study) -> pd.DataFrame:
    """The columns of recommendation.csv with name, ended and worth."""
    items = study.items
    return study_tables(study)["recommendation"]().assign(
        name=[str(t) or str(s) for t, s in zip(items["name"], items.skus, strict=True)],
        ended=study.recommendation.ended,
        worth=study.recommendation.worth,
    )


def _origin(name: str, value: float, where: str) -> str:
    """Where a figure comes from: its value in full, its function, and the table it stands in."""
    one = FIGURES[name]
    digits = total_text(value, 2 if "money" in one.unit else 4)
    return f"{one.label}: {digits} {one.unit}. {name} = {one.function}; {where}"


def _beside(study: Study, stock: StockParts, moves: Sequence[GainMove], unseen: str) -> Beside:
    r, comparison, items, limited = study.recommendation, study.comparison, study.items, study.limited
    living, priced = ~r.ended, _priced(study)
    chosen = np.array(r.strategies, object)[r.recommended]
    price, cost = (np.asarray(items[name], np.float64) for name in ("price", "unit_cost"))
    kept = None
    if limited is not None and (limited.changed.any() or any(row.binds for row in limited.rows)):
        kept = (limited.cost, not any(np.isfinite(row.needed) for row in limited.rows))
    return Beside(
        study_answer(study), study_confidence(study), study.portfolio, r.compared_with, {name: int((chosen[living] == name).sum()) for name in r.strategies},
        int((priced & living).sum()), int((below_cost(items) & priced & living).sum()),
        better_stocked(comparison.profit, comparison.strategies.index(Strategy.MTS), living), money_opens(price, cost, living), stock.valued().stock, kept,
        None if not moves else (moves[0].field, moves[0].at_low, moves[0].at_high), unseen, study.currency,
    )  # fmt: skip


def _answer(study: Study, stock: StockParts, moves: Sequence[GainMove], unseen: str, money: bool) -> Finding:
    beside, found = _beside(study, stock, moves, unseen), study.portfolio
    against, currency = study.recommendation.compared_with.against, study.currency
    mix, base = found.money["mix"], found.money["baseline"]
    service, before = found.service["mix"], found.service["baseline"]
    cards, origin = [], []
    if money:
        for name, now, was in (
            ("profit", mix["profit"], base["profit"]),
            ("cash_tied_up", mix["cash_tied_up"], base["cash_tied_up"]),
            ("written_off", written_off(mix), written_off(base)),
        ):
            cards.append(Card(FIGURES[name].label, money_text(now, currency), f"{against} {money_text(was, currency)}"))  # fmt: skip
            origin.append(_origin(name, now, "summary.json, totals, mix; beside it totals, baseline"))
        ends = (("gain_of_portfolio", found.gain), ("gain_low", found.gain_low), ("gain_high", found.gain_high))  # fmt: skip
        origin += [_origin(name, value, "summary.json") for name, value in ends]
    share = service["share_waiting"]
    if np.isfinite(share):
        cards.insert(2, Card("Orders that wait", percent_text(share), f"{against} {percent_text(before['share_waiting'])}"))  # fmt: skip
        origin.append(_origin("share_waiting", share, "summary.json, service, mix"))
    confidence = beside.answer.badge
    return Finding(
        "answer",
        beside.answer.title,
        tuple(one for one in answer_sentences(beside) if one.strip()),
        tuple(cards),
        caption=f"How sure: {confidence}." if confidence else "",
        origin=tuple(origin),
    )


def _where_it_pays(study: Study) -> list[Finding]:
    items, r = study.items, study.recommendation
    families = [str(one) for one in items["family"]]
    alone = len(set(families)) < 2
    names = [str(t) or str(s) for t, s in zip(items["name"], items.skus, strict=True)]
    shown = names if alone else [one or "no family" for one in families]
    living = ~r.ended & _priced(study)
    table = order_over_stock_by_family(study.comparison.profit, study.comparison.strategies, shown, living, _FAMILIES)  # fmt: skip
    if not len(table):
        return []
    one, many = ("product", "products") if alone else ("family", "families")
    gains = int((table["difference"] > 0).sum())
    title = f"It pays to leave the shelf in {gains} of {len(table)} {many}"
    if not gains:
        title = f"To stock wins for every {one}"
    elif gains == len(table):
        title = f"It pays to leave the shelf for every {one}"
    caption = f"{study.currency or 'Money'} over the next 12 months, to order or assembled minus to stock, each product at its best setting. Right of zero: do not stock."
    used = dict.fromkeys(table["strategy"])
    caption += " Colour of a bar: " + ", ".join(_COLOURS[one] for one in used) + "."
    words = "; ".join(f"{f}: {number_text(float(d), 3)}" for f, d in zip(table["family"], table["difference"], strict=True))  # fmt: skip
    return [Finding("families", title, pictures=(Picture("families", table, words),), caption=caption)]


def _bridge(study: Study) -> list[Finding]:
    found = study_bridge(study, {})
    groups = [f"{name} {number_text(found.amount_of(name), 2)}" for name in GAIN_GROUPS]
    words = f"From today to the mix {number_text(found.gain, 2)}: {', '.join(groups)}"
    bars = pd.DataFrame(bridge_bars(found, file_margin(study_margin(study))))
    caption = "Over the next 12 months. Cash released, write-downs and the cost of switching happen once and are not in it."
    figures = ("gain_by_planning", "gain_by_strategy", "shared_components")
    origin = [_origin(name, found.amount_of(group), "bridge.csv, by group") for name, group in zip(figures, GAIN_GROUPS, strict=True)]  # fmt: skip
    origin.append("Steps: bridge.csv, column amount; steps below 2 % of the largest are drawn together as other steps. The margin of the file: summary.json, margin.")  # fmt: skip
    return [Finding("bridge", words, pictures=(Picture("bridge", bars, words),), caption=caption, origin=tuple(origin))]  # fmt: skip


def _plans(study: Study, money: bool) -> Finding:
    r = study.recommendation
    mine = (
        own_rule_words(own_rule_document(study), money, r.baseline_name, study.currency)
        if r.mine is not None
        else ""
    )
    return Finding(
        "plans", "Plans on the same demand", (f"Mine: {mine}",) if mine else (), table=plans_table(study.portfolio, money).reset_index(),
        caption=PLANS_CAPTION if money else "",
    )  # fmt: skip


def _from_to(study: Study, products: pd.DataFrame, kind: str) -> list[Finding]:
    """What is done today and what to do: products by strategy, kinds of change counted, and the first products; `kind` is that of the answer."""
    r = study.recommendation
    live = products[~products["ended"]]
    if not len(live):
        return []
    names = np.array(r.strategies, object)
    today, mix = names[r.baseline][~r.ended], names[r.recommended][~r.ended]
    bought = bool((live["make_or_buy"] == "buy").all())
    used = [one for one in r.strategies if (today == one).any() or (mix == one).any()]
    words = {s: "split orders" if s == Strategy.HYBRID else strategy_text(s, not bought) for s in used}
    rows = pd.DataFrame(
        {
            "strategy": used,
            "words": [words[s][:1].upper() + words[s][1:] for s in used],
            "today": [int((today == s).sum()) for s in used],
            "mix": [int((mix == s).sum()) for s in used],
        }
    )
    counted = [(CHANGES[kind][:1].lower() + CHANGES[kind][1:], int((live["change"] == kind).sum())) for kind in CHANGES if kind]  # fmt: skip
    said = ", ".join(f"{count:,} {text}" for text, count in counted if count)
    changed = int((~live["change"].isin(["keep", ""])).sum())
    whose = products_text(len(live))
    money, told = kind in ("keep", "stock", "change"), kind in ("stock", "change") and changed > 0
    if not money:
        title = f"Nothing is decided yet for {whose}"
    elif not changed:
        title = f"Nothing changes for {whose}"
    elif kind == "keep":  # the answer says so, and no list of steps stands against it
        title = f"Not worth a change: the best found would change {changed:,} of {whose}"
    else:
        title = f"{changed:,} of {whose} change: {said}"
    shown = "; ".join(f"{w} {a} today, {b} under the mix" for w, a, b in zip(rows["words"], rows["today"], rows["mix"], strict=True))  # fmt: skip
    table = steps_table(products).reset_index() if told else None
    lines = changes_lines(products) if told else {}
    sentences = tuple(f"{heading}: {line}" for heading, line in lines.items()) + tuple(
        f"{row.name}: {strategy_text(str(row.recommended), str(row.make_or_buy) == 'make')}. {row.reason}"
        for row in products[products["verdict"] == Verdict.CHOSEN_BY_YOU].itertuples(index=False)
    )
    caption = f"Products by strategy, today and {'in the best found' if kind == 'keep' else 'under the mix'}."
    if money and abs(r.shared) >= 0.5:
        caption += f" Line 'shared components': {money_text(r.shared, study.currency, 3)}."
    origin = (
        "Counts: recommendation.csv, columns change, counted_as and recommended, products that have not ended.",
        "Gain of a product: recommendation.csv, gain_per_year = " + FIGURES["gain_per_year"].function,
    )
    return [Finding("from_to", title, sentences, pictures=(Picture("strategies", rows, shown),), table=table, caption=caption, origin=origin)]  # fmt: skip


def _cash(study: Study, stock: StockParts) -> list[Finding]:
    valued, way = stock.valued(), stock.way()
    facts, months = valued.stock, valued.stock.transition
    title = cash_title(facts, study.currency)
    pictures: tuple[Picture, ...] = ()
    if months.months:
        columns = way.by_month(way.counted)
        names = [str(months.first_month + k) for k in range(len(columns["stock"]))]
        rows = pd.DataFrame({"month": names, "released": columns["cash_released"], "cumulative": columns["cumulative"]})  # fmt: skip
        last = max(int(np.flatnonzero(rows["released"] >= 0.005).max(initial=0)) + 1, 6)
        pictures = (Picture("cash", rows.head(last), title),)
    sentences = tuple(one for one in (way_sentence(facts, study.currency), pay_back_words(way, valued)) if one)  # fmt: skip
    origin = (
        _origin("cash_released", months.cash_released, "stock.csv and transition.csv, column cash_released"),
        "Months: transition.csv, scope all products; months after the last release are not drawn.",
    )
    return [Finding("cash", title, sentences, pictures=pictures, caption="Cash of each month, expected.", origin=origin)]  # fmt: skip


def _risk(study: Study, stock: StockParts) -> Finding:
    found, valued = stock.exposure(), stock.valued()
    scopes = {name: words for name, words in _SCOPES.items() if name in found.years and (name != "stock" or valued.stock.known)}  # fmt: skip
    title = exposure_title(found.of("mix"), found.of("baseline"), study.currency)
    lost = [(words, *found.of(scope)[:3]) for scope, words in scopes.items()]
    drawn = pd.DataFrame(lost, columns=["scope", "expected", "p95", "cvar95"])
    curves, marks = curves_of(found, scopes), marks_of(found, scopes)
    pictures = [Picture("exposure", marks, title, "Written off within 12 months", curves)]
    sentences = []
    if valued.stock.known and np.isfinite(valued.stock.book_value).any():
        words = cover_title(valued, study.currency)
        sentences.append(f"{words}.")
        rows = value_by_cover(valued)
        named = [f"{band} months" if str(band)[-1:].isdigit() else str(band) for band in rows["band"]]
        heading = "Stock at cost by months of cover, and the reserve on it in dark"
        pictures.append(Picture("cover", rows.assign(band=named), words, heading))
    shown = pd.DataFrame(
        {
            "Written off within 12 months by": drawn["scope"],
            "Expected": [number_text(v) for v in drawn["expected"]],
            "1 year in 20 above": [number_text(v) for v in drawn["p95"]],
            "Mean of those": [number_text(v) for v in drawn["cvar95"]],
        }
    )
    origin = (
        "Written off: exposure.csv, columns expected, p95 and cvar95 (analytics.valuation.exposure.exposure_of); the curves: exposure_curve.csv.",
        "Reserve by months of cover: reserve.csv (analytics.valuation.bands.value_by_cover).",
    )
    caption = "Plans do not add up: they share good and bad years."
    if len(pictures) > 1:
        caption += " Reserve is never added to what may be written off."
    return Finding("risk", title, tuple(sentences), pictures=tuple(pictures), table=shown, caption=caption, origin=origin)  # fmt: skip


def _depends(study: Study, moves: pd.DataFrame) -> list[Finding]:
    gain, currency = study.portfolio.gain, study.currency
    rows = moves_rows(moves, gain, currency, _MOVES)
    if not len(rows):
        return []
    first = rows.iloc[0]
    low, high = sorted((float(first["at_low"]), float(first["at_high"])))
    title = f"The gain moves most with {field_words(str(first['field']))}: from {number_text(low, 2)} to {money_text(high, currency)} within its range"  # fmt: skip
    words = "; ".join(f"{a}: gain {number_text(b, 2)} to {number_text(c, 2)}" for a, b, c in zip(rows["label"], rows["at_low"], rows["at_high"], strict=True))  # fmt: skip
    caption = f"The gain with each assumption at the ends of its range and the others in the middle, {what_stays(study.recommendation.shared)}."  # fmt: skip
    origin = (
        _origin("gain_of_portfolio", gain, "summary.json"),
        "Ends of the bars: analytics.strategy.what_if.gain_sensitivity.gain_moves.",
    )
    return [Finding("depends", title, study_confidence(study).sentences, pictures=(Picture("tornado", rows, words, middle=gain),), caption=caption, origin=origin)]  # fmt: skip


def _not_confirmed(study: Study, living: np.ndarray) -> Finding:
    table = open_assumptions(study.items, living, study.currency).reset_index()
    count = len(table)
    title = "Every assumption in doubt is confirmed"
    if count:
        title = f"{count:,} assumptions are not confirmed" if count > 1 else "1 assumption is not confirmed"
    return Finding("not_confirmed", title, table=table if count else None, origin=("Values and ranges: assumptions.csv.",))  # fmt: skip


def _data(study: Study) -> Finding:
    """What was read of the files, and what there is to know of it."""
    read = study.history.report
    rows = f"{read.rows_read:,} rows read, {read.rows_used:,} used, {read.rows_rejected:,} set aside"
    units = f"{total_text(read.gross_units)} units sold, {total_text(read.returned_units)} returned"
    revenue = f"{read.revenue_used:,.2f}." if np.isfinite(read.revenue_used) else "not in the file."
    return Finding("data", "The data", (f"{rows}; {units}; revenue {revenue}", *study.notes))
