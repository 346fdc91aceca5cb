"""Sentences: counts add up, the baseline is named, own text stays text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from analytics.assumptions import of_ten_at_two_weeks
from analytics.naming.labels import money_text
from analytics.strategy.portfolio.answer import better_stocked
from dashboard.results.facts import Facts
from dashboard.text.headline import headline
from dashboard.text.questions import ANSWERS, matters, questions
from dashboard.text.words import counts_of, how, plain, value_text

FactsOf = Callable[[str], Facts]


def shown(text: str) -> str:
    """A text as the screen shows it: without the marks that keep it from being read as Markdown."""
    return re.sub(r"\\(.)", r"\1", text).replace("\u2060", "")


def test_the_headline_counts_every_living_product(facts_of_sample: FactsOf) -> None:
    facts = facts_of_sample("servers")
    title = headline(facts).title
    before_colon = title.split(":")[0]
    assert (
        sum(int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", before_colon))
        == int((~facts.products["ended"]).sum())
        == sum(counts_of(facts).values())
    )
    assert facts.currency in title
    assert facts.baseline_name in " ".join(headline(facts).sentences)


def test_where_stock_wins_it_is_said_plainly(facts_of_sample: FactsOf) -> None:
    facts = facts_of_sample("household")
    words = headline(facts)
    assert counts_of(facts)["MTS"] >= 0.9 * sum(counts_of(facts).values())
    assert words.title.startswith("Everything to stock is best") and "less" in words.title
    assert words.badge.startswith("Holds: no single assumption turns it within its range; two together:")


def test_a_gain_that_may_be_a_loss_is_too_close(facts_of_sample: FactsOf) -> None:
    facts = replace(
        facts_of_sample("servers"), portfolio=replace(facts_of_sample("servers").portfolio, gain_low=-5.0)
    )
    words = headline(facts)
    assert words.badge == "Too close" and words.title == "Keep what you do; nothing here is worth a change"
    assert (
        "its range holds zero" in words.sentences[0]
        and f"{int((~facts.products['ended']).sum())} products" in words.sentences[0]
    )


def test_a_gain_below_a_thousandth_is_no_reason_to_change(facts_of_sample: FactsOf) -> None:
    facts = facts_of_sample("servers")
    earned = facts.portfolio.money["mix"]["profit"]
    small = replace(
        facts,
        portfolio=replace(
            facts.portfolio, gain=0.0009 * earned, gain_low=0.0008 * earned, gain_high=0.001 * earned
        ),
    )
    words = headline(small)
    assert (
        words.title.startswith("Keep what you do")
        and words.badge == "Nothing to gain"
        and "below 0.1 %" in shown(words.sentences[0])
    )
    large = replace(
        facts,
        portfolio=replace(
            facts.portfolio, gain=0.0011 * earned, gain_low=0.001 * earned, gain_high=0.002 * earned
        ),
    )
    assert "better over the next 12 months" in headline(large).title
    assert headline(
        replace(facts, portfolio=replace(facts.portfolio, gain=0.0, gain_low=0.0, gain_high=0.0))
    ).title.startswith("Keep what you do")


def test_the_title_is_the_sum_of_the_bars(facts_of_sample: FactsOf) -> None:
    facts = facts_of_sample("household")
    stock = facts.strategies.index("MTS")
    bars = 0.0
    for i in range(len(facts.products)):
        others = [v for k, v in enumerate(facts.profit[i]) if k != stock and v == v]
        if others and not facts.products.at[i, "ended"] and facts.priced[i]:
            bars += max(others) - facts.profit[i, stock]
    assert better_stocked(facts.profit, stock, ~facts.products["ended"].to_numpy(bool)) == pytest.approx(
        -bars
    )
    assert money_text(-bars, facts.currency) in headline(facts).title


def test_a_loss_is_shown_as_a_loss(facts_of_sample: FactsOf) -> None:
    facts = facts_of_sample("servers")
    assert (
        "worse over the next 12 months"
        in headline(
            replace(
                facts,
                portfolio=replace(facts.portfolio, gain=-12_000.0, gain_low=-20_000.0, gain_high=-2_000.0),
            )
        ).title
    )


@pytest.mark.parametrize(
    "text",
    [
        "*A_1*",
        "<b>bold</b>",
        "[link](http://x)",
        "`code`",
        ":red[x]",
        "$x$",
        "# head",
        "a|b",
        "~~x~~",
        "![i](j)",
        "1. one",
    ],
)
def test_every_mark_of_a_file_is_escaped(text: str) -> None:
    shown = plain(text)
    assert (
        re.sub(r"\\(.)", r"\1", shown).replace("\u2060", "") == text
    )  # what would become a link is parted by an invisible joiner
    assert not re.search(r"(?<!\\)[*_<>\[\]`$#|~:!]", shown)


def test_patience_answers_are_shares_at_two_weeks() -> None:
    for text, value in ANSWERS["patience_per_day"].items():
        said = int(text.split()[0])
        assert 10 * math.exp(-14 * value) == pytest.approx(said)
        assert value_text("patience_per_day", value).startswith(str(said))
    assert of_ten_at_two_weeks(5) > of_ten_at_two_weeks(8) > of_ten_at_two_weeks(10) == 0.0


def test_only_what_is_assumed_is_asked(facts_of_sample: FactsOf) -> None:
    facts = facts_of_sample("household")
    asked = {q.field for q in questions(facts)}
    assert "patience_per_day" not in asked and "hazard_per_year" not in asked
    for q in questions(facts):  # asked is what turns a product or moves the gain by 2 %
        move = max([abs(e - facts.portfolio.gain) for e in (q.gain_low, q.gain_high) if e == e] or [0.0])
        assert matters(q, facts) == (q.products > 0 or max(move, q.worth) >= 0.02 * facts.portfolio.gain)
    servers = facts_of_sample("servers")
    assert not matters(
        replace(
            questions(servers)[0],
            worth=390.0,
            products=0,
            gain_low=servers.portfolio.gain,
            gain_high=servers.portfolio.gain,
        ),
        servers,
    )
    found = [q.field for q in questions(servers) if matters(q, servers)]
    assert set(found[:4]) == {
        "fixed_cost_share",
        "todays_service",
        "waiting_cost_per_unit_day",
        "hazard_per_year",
    }  # what moves most money first
    assert (
        {"cost_premium", "patience_per_day"}
        <= {one.field for one in servers.confidence.turning}
        <= set(found)
    )


def test_what_to_do_names_the_numbers_a_planner_sets(facts_of_sample: FactsOf) -> None:
    facts = facts_of_sample("servers")
    for name, word in (("MTO", "quote"), ("MTS", "reorder at"), ("ATO", "parts for")):
        rows = [
            i
            for i in range(len(facts.products))
            if facts.profit[i, facts.strategies.index(name)] == facts.profit[i, facts.strategies.index(name)]
            and not facts.products.at[i, "ended"]
        ]
        assert word in how(facts, rows[0], name)
    ended = int(facts.products.index[facts.products["ended"]][0])
    assert "ended" in how(facts, ended)
