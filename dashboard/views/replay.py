"""The past: what would have happened had the recommendation been followed, against simpler policies; a loss is shown as a loss.

One concept: the page Past, before it is asked for, while it is worked out and with what came of it.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from analytics.errors import DataError
from analytics.naming.labels import money_text, number_text, percent_text
from analytics.strategy.portfolio.plans_compared import earned_a_year
from analytics.validation.outcome import SWITCH
from analytics.validation.policies import POLICIES
from analytics.writeup.charts.theme import ink
from dashboard.charts.replay import replay_chart
from dashboard.number_form import locale
from dashboard.parts.frame import beside, draw, opened, small
from dashboard.parts.tables import in_narrow_window, show_table, told_table
from dashboard.results import past_results
from dashboard.results.facts import Known
from dashboard.results.keys import key_of
from dashboard.results.result_cache import Progress
from dashboard.state.choice import Choice
from dashboard.text.past_words import promised_line, run_as
from dashboard.text.words import plain

DATES = (1, 2, 3, 4, 6, 8, 12)
#: What can be downloaded: label and name of the file.
FILES = {
    "Every product and date": "replay",
    "The mix against each policy": "replay_policies",
    "What each product can be judged by": "replay_products",
}
#: Where a session keeps what leftovers are worth on this page.
LEFTOVERS_KEPT = "worth of leftovers"
#: SKUs listed on the page; the file lists all.
SHOWN = 200
#: the state of a control goes when its page is left; what was chosen stays here


#: What every policy of a replay does at a date.
PLAYED_WORDS = {
    "mix": "what this program recommends from what was known then",
    "present": "runs every product as the file says it is run today",
    "all_mts": "keeps everything in stock, at the best levels found then",
    "all_ato": "assembles what can be assembled, keeps the rest in stock",
    "all_mto": "starts everything after the order",
    "abc_xyz": "the textbook's rule of thumb: by revenue and by how evenly a product sells",
    "months_of_cover": "so many months of past sales on the shelf, for every product alike",
}


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def figures(document: dict[str, Any]) -> pd.DataFrame:
    """Every policy in figures: money, cash, service, what was left over."""
    money, service = document["money"], document["service"]
    names = [*service, *(["hindsight"] if money else [])]
    rows: dict[str, list[str]] = {
        "Policy": [
            "Hindsight, per product" if name == "hindsight" else _capital(document["policies"][name])
            for name in names
        ]
    }
    if money:
        rows["Earned"] = [number_text(money["profit"][name]) for name in names]
        rows["Earned a year"] = [
            number_text(earned_a_year(money["profit"][name], document["weeks"])) for name in names
        ]
        rows["Cash in stock"] = [
            number_text(money["cash_tied_up"][name]) if name in money["cash_tied_up"] else ""
            for name in names
        ]
    for label, measure in (("Served at once", "fill_rate"), ("Lost", "share_lost")):
        rows[label] = [percent_text(service[name][measure]) if name in service else "" for name in names]
    rows["Units in stock"] = [
        number_text(service[name]["units_on_hand"]) if name in service else "" for name in names
    ]
    for label, measure in (("Units stranded", "units_scrapped"), ("Units left over", "units_left")):
        rows[label] = [number_text(service[name][measure]) if name in service else "" for name in names]
    return pd.DataFrame(rows)


def grown(document: dict[str, Any]) -> pd.DataFrame:
    """What every policy ordered beyond what it sold, at cost, from each date to the next."""
    found = document["money"]["ordered_less_sold"]
    days = list(next(iter(found.values())))
    rows: dict[str, list[str]] = {"Policy": [_capital(document["policies"][name]) for name in found]}
    for day in days:
        rows[f"From {day}"] = [number_text(windows[day]) for windows in found.values()]
    if len(days) > 1:
        rows["Together"] = [number_text(sum(windows.values())) for windows in found.values()]
    return pd.DataFrame(rows)


def apart(document: dict[str, Any]) -> pd.DataFrame:
    """The mix against every other policy: with the products that can be judged, with the others, and with all of them."""
    money = document["money"]
    names = sorted(money["mix_against"], key=lambda name: name != document["baseline"])
    rows = {"Compared with": [_capital(document["policies"][name]) for name in names]}
    rows["Judged"] = [_with_range(money["judged"]["mix_against"][name]) for name in names]
    rows["Too short to judge"] = [
        number_text(money["too_short_to_judge"]["mix_against"][name]["mix_gain"]) for name in names
    ]
    rows["All"] = [_with_range(money["mix_against"][name]) for name in names]
    return pd.DataFrame(rows)


def _with_range(found: dict[str, float]) -> str:
    return f"{number_text(found['mix_gain'])} ({number_text(found['low'], 2)} to {number_text(found['high'], 2)})"


def bars(document: dict[str, Any]) -> pd.DataFrame:
    """What the mix earned more than every other policy, today's first."""
    against = document["money"]["mix_against"]
    order = sorted(against, key=lambda name: name != document["baseline"])
    return pd.DataFrame(
        {
            "label": [_capital(document["policies"][name]) for name in order],
            "gain": [against[name]["mix_gain"] for name in order],
            "low": [against[name]["low"] for name in order],
            "high": [against[name]["high"] for name in order],
        }
    )


def title(document: dict[str, Any]) -> str:
    """The finding."""
    base = run_as(document)
    if not document["money"]:
        mix = document["service"]["mix"]
        return f"In your past the mix would have served {percent_text(mix['fill_rate'])} at once; without costs there is no money"
    gain = document["money"]["mix_against"][document["baseline"]]["mix_gain"]
    if gain == 0.0:
        return f"In your past the mix would have earned just what {base} earned"
    return f"In your past the mix would have earned {money_text(abs(gain), document['currency'])} {'more' if gain > 0 else 'less'} than {base}"


def _words(document: dict[str, Any]) -> None:
    first, *rest = document["sentence"].split(". ")
    st.markdown(plain(first + ("." if rest else "")))
    if rest:
        st.markdown(plain(". ".join(rest)))
    planned, achieved = (
        document["fill_rate_planned_when_stocking"],
        document["fill_rate_achieved_when_stocking"],
    )
    if planned == planned:
        st.markdown(
            f"With everything stocked, {percent_text(planned)} were expected to be served at once; {percent_text(achieved)} were."
        )
    weeks, after = document["weeks"], document["weeks_after_for_closing_stock"]
    small(
        f"{len(document['origins'])} decisions over {weeks} weeks, {document['origins'][0]} to {document['end']}; the {after} weeks after it show what closing stock really sold."
    )


def _stock_and_judged(document: dict[str, Any]) -> None:
    """By how much stock grew, and what the past is too short to judge."""
    short = document["too_short_to_judge"]
    if document["money"]:
        st.subheader("Ordered beyond what was sold, at cost", anchor=False)
        small(
            "What was bought or made from one date to the next, less what was sold. Above zero it went into stock or was written off; below zero stock was run down."
        )
        show_table(
            grown(document), hide_index=True, width="stretch", height="content",
            alt="Ordered beyond what was sold, at cost, by policy and date",
        )  # fmt: skip
    st.subheader("What this past can judge", anchor=False)
    st.markdown(plain(document["money"].get("judged_sentence", short["sentence"])))
    if not short["products"]:
        return
    if document["money"]:
        show_table(
            apart(document), hide_index=True, width="stretch", height="content",
            alt="The mix against each policy: products that can be judged, and those that cannot, apart",
        )  # fmt: skip
    with st.expander(f"Too short to judge: {short['products']:,} of {document['products']:,} products"):
        st.markdown(plain(", ".join(short["skus"][:SHOWN])) + (" ..." if len(short["skus"]) > SHOWN else ""))
        if len(short["skus"]) > SHOWN:
            small("All of them stand in the download below.")


def _leftovers_worth(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its money as the switch says what leftovers are worth; what the headline says stays by the rule."""
    chosen = st.segmented_control(
        "What leftovers are worth",
        list(SWITCH),
        format_func=lambda how: SWITCH[how],
        default=st.session_state.get(LEFTOVERS_KEPT, "rule"),
        key="replay-leftovers",
        help="What is left in stock after the last week: by the rule that the plan itself goes by, all of it at cost, or only what the plan of the "
        "file's end would order again at cost and the rest at what leftovers fetch.",
    )
    how = str(chosen or "rule")
    st.session_state[LEFTOVERS_KEPT] = how
    money = document["money"]
    valued = money["closing_valued"][how]
    small(f"Leftovers: {valued['words']}.")
    return {**document, "money": {**money, **valued}}


def show_result(choice: Choice, dates: int, document: dict[str, Any]) -> None:
    """The replay that was computed."""
    currency = document["currency"]
    _words(document)
    if document["money"]:
        st.markdown(plain(document["leftover_sentence"]))
        document = _leftovers_worth(document)
        table = bars(document)
        st.subheader(
            f"The mix against each other policy{', ' + plain(currency) if currency else ''}", anchor=False
        )
        small(
            "Right of zero the mix earned more. The line is the range over products drawn again and again (5th to 95th percentile); it says how much hangs on a few products."
        )
        worst = table.sort_values("gain").iloc[0]
        least = f"The mix against {worst['label']}: {number_text(float(worst['gain']), 2)}, the least of {len(table)} comparisons"
        draw(replay_chart(table, ink(st.context.theme.type), in_narrow_window()), alt=least)
    st.subheader("The same in figures", anchor=False)
    show_table(
        figures(document),
        hide_index=True,
        width="stretch",
        height="content",
        alt="Policies of the past in figures: money, cash, service, leftovers",
    )
    _stock_and_judged(document)
    with st.expander("What was assumed"):
        for note in document["notes"]:
            st.markdown(f"- {plain(note)}")
    with st.container(horizontal=True):
        for label, name in FILES.items():
            st.download_button(
                label,
                past_results.replay_csv(choice, dates, name, locale()),
                f"{name}.csv",
                "text/csv",
                icon=":material/download:",
                on_click="ignore",
            )


def _on_request(choice: Choice, dates: int) -> None:
    """The button that replays the past beside the page, how far it is, and what will be compared."""
    key = (*key_of(choice), str(dates))
    failed: dict[tuple[str, ...], DataError] = st.session_state.setdefault("_not replayed", {})

    def make(progress: Progress) -> None:
        try:
            past_results.replayed(choice, dates, progress)
        except DataError as error:
            failed[key] = error

    if st.session_state.get("_replay asked") != key:
        if st.button("Replay the past", type="primary", icon=":material/history:"):
            st.session_state["_replay asked"] = key
            failed.pop(key, None)
            st.rerun()
        small(
            "A minute or so for a thousand products. The result stays until you change data or assumptions."
        )
    elif key in failed:
        problems = failed[key].problems
        st.error(
            plain(" ".join(f"{p.message[:1].upper()}{p.message[1:]}: {p.remedy}." for p in problems)),
            icon=":material/error:",
        )
    else:
        beside("replay", key, make)
        small("Other pages can be used meanwhile: the replay goes on and is found here.")
    st.subheader(f"{len(PLAYED_WORDS)} policies on what really happened, and hindsight", anchor=False)
    told_table(
        pd.DataFrame(
            [[_capital(POLICIES[name]), words] for name, words in PLAYED_WORDS.items()],
            columns=["Policy", "What it does at each date"],
        ),
        "Policies that are replayed",
        column_config={"Policy": st.column_config.TextColumn(width=230)},
    )
    small(
        "Earned, cash in stock, served at once, lost, left over: each policy in figures, product by product in a file; "
        "and by how much the best single strategy of every product, known only afterwards, would have been better."
    )


def show() -> None:
    """The page."""
    choice, facts = opened(need=Known.YEARS)
    dates = int(
        st.session_state.get(
            "replay-dates", st.session_state.get(past_results.DATES_KEPT, past_results.SAMPLE_DATES)
        )
    )
    st.session_state[past_results.DATES_KEPT] = dates
    document = past_results.replayed(choice, dates, compute_it=False)
    heading = st.empty()
    heading.title(
        plain(title(document)) if document else "What would have happened in your own past? Replay it",
        anchor=False,
    )
    small(promised_line(facts))
    if choice.assumptions.what_if:
        small("What-ifs move the coming year alone: the past is replayed as it was.")
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with right:
        st.selectbox(
            "Decisions in the past",
            DATES,
            index=DATES.index(dates),
            key="replay-dates",
            help="At each date everything is fitted again on what was known then.",
        )
    if document is None:
        with left:
            st.markdown(
                "At each date the program decides from what was known then, and what really happened until the next date is played against it, "
                "from the same stock at the start. A loss is shown as a loss."
            )
        _on_request(choice, dates)
        return
    show_result(choice, dates, document)


show()
