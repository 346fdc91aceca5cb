"""Numbers and dates written in every usual form read back as what they were."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.data.files.dialect import Dialect, find_dialect, parse_lines, split_lines
from analytics.data.files.encoding import encoding_of
from analytics.data.values.dates import date_column, is_date, period_of
from analytics.data.values.numbers import is_number, parse_numbers
from tests.data.polluted.polluter import DATES


def _one(text: str, mark: str) -> float:
    return float(parse_numbers(np.array([text], object), mark)[0][0])


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("1,234.50", ".", 1234.5),
        ("1.234,50", ",", 1234.5),
        ("1 234,50", ",", 1234.5),
        ("1\u00a0234,50", ",", 1234.5),
        ("1\u202f234", ",", 1234),
        ("1'234.50", ".", 1234.5),
        ("1\u2019234.50", ".", 1234.5),
        ("12,34,567.89", ".", 1234567.89),
        ("(500)", ".", -500),
        ("($500.25)", ".", -500.25),
        ("$(500.25)", ".", -500.25),
        ("500-", ".", -500),
        ("-500", ".", -500),
        ("\u2212500", ".", -500),
        ("+7", ".", 7),
        ("€ 12,50", ",", 12.5),
        ("12,50 €", ",", 12.5),
        ("12.50EUR", ".", 12.5),
        ("USD 12.50", ".", 12.5),
        ("1.5E+3", ".", 1500),
        ("12 pcs", ".", 12),
        (".5", ".", 0.5),
        ("7.", ".", 7),
        ("1.200,000", ",", 1200),
        ("'0012", ".", 12),
        ("100.-", ".", 100),
        ("--5", ".", np.nan),
        ("1.234,50", ".", np.nan),
        ("1,23", ".", np.nan),
        ("12.5", ",", np.nan),
        ("1.23.4", ",", np.nan),
        ("12:30", ".", np.nan),
        ("5%", ".", np.nan),
        ("1e400", ".", np.nan),
        ("inf", ".", np.nan),
        ("0x10", ".", np.nan),
        ("1_000", ".", np.nan),
    ],
)
def test_number_forms(text: str, mark: str, value: float) -> None:
    assert np.isclose(_one(text, mark), value, equal_nan=True)


@settings(max_examples=300, deadline=None)
@given(
    st.integers(-10_000_000, 10_000_000),
    st.integers(0, 2),
    st.sampled_from([",", " ", "'", ""]),
    st.sampled_from(["-{}", "{}-", "({})", "\u2212{}"]),
)
def test_any_amount_survives_any_form(cents: int, places: int, group: str, negative: str) -> None:
    value = cents / 10**places
    text = f"{abs(value):,.{places}f}".replace(",", group)
    text = negative.format(text) if value < 0 else text
    assert _one(text, ".") == pytest.approx(value, abs=1e-9)
    swapped = text.replace(",", "\0").replace(".", ",").replace("\0", ".")
    assert _one(swapped, ",") == pytest.approx(value, abs=1e-9)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_no_text_breaks_the_readers(text: str) -> None:
    number, blank = parse_numbers(np.array([text], object), ",")
    column = date_column(np.array([text], object))
    assert number.shape == blank.shape == column.day_first.shape == (1,)
    assert isinstance(is_number(text), bool) and isinstance(is_date(text), bool)


@settings(max_examples=200, deadline=None)
@given(
    st.dates(dt.date(1971, 1, 1), dt.date(2068, 12, 31)),
    st.sampled_from(sorted(set(DATES) - {"serial", "swapped"})),
)
def test_any_day_survives_any_form(day: dt.date, form: str) -> None:
    column = date_column(np.array([DATES[form](day)], object))
    order = "MDY" if form in ("mdy/", "short mdy", "us stamp") else "DMY"
    assert column.dates(order)[0] == np.datetime64(day)


@pytest.mark.parametrize(
    ("text", "day", "grain"),
    [
        ("2012-W05", "2012-01-30", "W"),
        ("2012W52", "2012-12-24", "W"),
        ("KW 5/2012", "2012-01-30", "W"),
        ("W05-2012", "2012-01-30", "W"),
        ("2012-W05-3", "2012-02-01", "D"),
        ("2012-01", "2012-01-01", "M"),
        ("201202", "2012-02-01", "M"),
        ("02/2012", "2012-02-01", "M"),
        ("Jan-12", "2012-01-01", "M"),
        ("März 2012", "2012-03-01", "M"),
        ("déc. 2012", "2012-12-01", "M"),
        ("2012 Okt", "2012-10-01", "M"),
        ("2012-Q3", "2012-07-01", "Q"),
        ("Q4 2012", "2012-10-01", "Q"),
        ("20120127", "2012-01-27", "D"),
        ("27th January 2012", "2012-01-27", "D"),
        ("Friday, January 27, 2012", "2012-01-27", "D"),
        ("2012-01-27T23:30:00+02:00", "2012-01-27", "D"),
        ("2012-01-27 08:26:00.123", "2012-01-27", "D"),
        ("27.01.2012 08:26", "2012-01-27", "D"),
    ],
)
def test_periods(text: str, day: str, grain: str) -> None:
    assert period_of(text) == (day, grain)


@pytest.mark.parametrize(
    "text",
    [
        "31.02.2012",
        "2012-13-01",
        "2012-W60",
        "0000-00-00",
        "12",
        "A-12",
        "99999999",
        "1899-12-30",
        "2012-02-30",
        "2200-01-01",
    ],
)
def test_days_that_do_not_exist(text: str) -> None:
    assert not is_date(text)


def test_dialects_of_small_samples() -> None:
    for delimiter in (",", ";", "\t", "|", "||", "::", "~"):
        lines = [
            delimiter.join(cells)
            for cells in (
                ["date", "sku", "qty", "price"],
                ["2012-01-27", "A 1", "3", "1.5"],
                ["2012-01-28", "B 2", "4", "2.5"],
            )
        ]
        assert find_dialect(lines).delimiter == delimiter
    lines = ["'date','name'", "'2012-01-27','it, is'", "'2012-01-28','so, what'"]
    found = find_dialect(lines)
    assert (found.delimiter, found.quote) == (",", "'")
    assert parse_lines(lines[1:2], found) == [["2012-01-27", "it, is"]]


def test_lines_of_every_ending() -> None:
    assert split_lines("a\nb\n")[0] == split_lines("a\r\nb")[0] == split_lines("a\rb\r")[0] == ["a", "b"]
    assert split_lines("a\r\nb\nc\r\n")[0] == ["a", "b", "c"]
    assert parse_lines(["x\u2028y,1"], Dialect()) == [["x\u2028y", "1"]]


def test_encodings() -> None:
    text = "Artikel;Größe;Menge\nÄpfel;süß;3\n"
    assert encoding_of(text.encode()) == "utf-8" and encoding_of(text.encode("cp1252")) == "cp1252"
    assert (
        encoding_of(text.encode("utf-16-le")) == "utf-16-le"
        and encoding_of(text.encode("utf-16-be")) == "utf-16-be"
    )
    assert encoding_of(text.encode("cp850")) == "cp850"


def test_many_numbers_are_read_as_one_by_one() -> None:
    draw = random.Random(11)
    forms = (
        "{}",
        "-{}",
        "{}-",
        "({})",
        "EUR {}",
        "{} €",
        "{}%",
        "+{}",
        " {} ",
        "$ {}",
        "{} CHF",
        "EUR{}",
        "1.{}",
        "'{}",
        "{},-",
    )
    figures = (
        "0",
        "7",
        "12,5",
        "12.5",
        "1.234",
        "1,234",
        "1.234,50",
        "1,234.50",
        "12,34,567.8",
        "1 234,5",
        ".5",
        ",5",
        "12.",
        "1e3",
        "1.23.4",
        "12,3456",
        "x",
    )
    texts = [
        draw.choice(forms).format(
            draw.choice(figures)
            if draw.random() < 0.5
            else f"{draw.randint(0, 10**6)}{draw.choice('.,')}{draw.randint(0, 99)}"
        )
        for _ in range(6000)
    ]
    values = np.array(sorted(set(texts)), dtype=object)
    assert len(values) > 3000
    for mark in (".", ","):
        together, blank = parse_numbers(values, mark)
        alone = [parse_numbers(values[i : i + 1], mark) for i in range(len(values))]
        assert np.array_equal(together, np.concatenate([number for number, _ in alone]), equal_nan=True)
        assert np.array_equal(blank, np.concatenate([empty for _, empty in alone]))


def test_many_timestamps_are_read_as_one_by_one() -> None:
    draw = random.Random(12)
    forms = (
        "{d:02d}/{m:02d}/2012 {h}:30",
        "{d}.{m}.12 {h:02d}:15:59",
        "{m}/{d}/2012 {h}:30 PM",
        "2012{m:02d}{d:02d}",
    )
    forms += ("{d}. Juli 2012 {h}:45:10.123", "W{d} {h}:10", "n/a {h}", "", "{d}-{m}-2012")
    texts = {
        draw.choice(forms).format(d=draw.randint(1, 31), m=draw.randint(1, 13), h=draw.randint(0, 25))
        for _ in range(9000)
    }
    values = np.array(sorted(texts), dtype=object)
    assert len(values) > 3000
    together, alone = date_column(values), [date_column(values[i : i + 1]) for i in range(len(values))]
    for name in ("day_first", "month_first"):
        assert np.array_equal(
            getattr(together, name), np.concatenate([getattr(one, name) for one in alone]), equal_nan=True
        ), name
    assert together.grain.tolist() == [one.grain[0] for one in alone] and together.blank.tolist() == [
        bool(one.blank[0]) for one in alone
    ]


def test_among_very_many_texts_every_date_is_found_that_is_found_alone() -> None:
    """Texts alike but for their digits are tried a few times only: the rule may not lose a date, whatever stands before it."""
    marks = (". Smarch ", ". Juli ", "/2/", " W", ".Quartal ", " Uhr ")
    texts = sorted(
        {f"{week:02}{mark}{year}" for mark in marks for week in range(61) for year in range(1980, 2030)},
        reverse=True,
    )
    assert len(texts) > 6000
    together = date_column(np.array(texts, object)).readable
    alone = np.concatenate(
        [date_column(np.array(texts[k : k + 900], object)).readable for k in range(0, len(texts), 900)]
    )
    assert together.tolist() == alone.tolist() and 0 < together.sum() < len(texts)
