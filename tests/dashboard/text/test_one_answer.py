"""Keep what you do, or change: one rule, the same words on the terminal, in summary.json, on the page Answer and in the report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.strategy.portfolio.answer import KEEP_TITLE
from analytics.study import Study
from analytics.study_results import study_summary
from analytics.writeup.terminal import told
from dashboard.results.study_facts import facts_of
from dashboard.text.headline import headline
from tests.strategy.small import small_study


@pytest.fixture(scope="module")
def study() -> Study:
    """A small company with a clear gain."""
    return small_study()


def every_way_out(study: Study) -> tuple[set[str], set[str], list[str]]:
    """Titles and badges on every way out, and the lines of the terminal."""
    facts = facts_of(study)
    document, words, answer = study_summary(study), headline(facts), facts.answer
    lines = told(document, "out", ["summary.json"])
    titles = {document["answer"]["title"], words.title, answer.title, lines[0].split(" (")[0]}
    badges = {
        document["answer"]["badge"],
        document["confidence"]["badge"],
        words.badge,
        answer.badge,
        lines[0].split(" (")[1].split(")")[0],
    }
    assert document["answer"]["keep_what_you_do"] == answer.keep_what_you_do
    return titles, badges, lines


def test_a_clear_gain_is_told_alike_everywhere(study: Study) -> None:
    found = study.portfolio
    assert found.gain > 0.001 * found.money["mix"]["profit"]
    titles, badges, lines = every_way_out(replace(study, portfolio=replace(found, gain_low=0.2 * found.gain)))
    assert len(titles) == len(badges) == 1 and KEEP_TITLE not in titles and lines[1].startswith("Gain: ")
    assert "better over the next 12 months" in titles.pop()


@pytest.mark.parametrize(
    ("low", "share", "badge"), [(-40.0, 0.5, "Too close"), (1.0, 0.0004, "Nothing to gain")]
)
def test_keep_what_you_do_is_told_alike_everywhere(
    study: Study, low: float, share: float, badge: str
) -> None:
    gain = share * study.portfolio.money["mix"]["profit"]
    unclear = replace(
        study, portfolio=replace(study.portfolio, gain=gain, gain_low=low, gain_high=2.0 * gain)
    )
    with pytest.MonkeyPatch.context() as patch:  # the gain is put there by hand: no bridge leads to it
        patch.setattr("analytics.study_stock.cash.study_bridge", lambda *_: None)
        titles, badges, lines = every_way_out(unclear)
    assert titles == {KEEP_TITLE} and badges == {badge}
    assert not any(line.startswith("Gain: ") for line in lines) and "Looked at: " in lines[0]
