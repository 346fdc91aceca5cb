"""Several columns of dates: the order's own is proposed with its evidence, the others are what was promised and shipped."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pytest

from analytics.data import SalesHistory, read_sales
from analytics.errors import DataError

#: names of promised, ordered, shipped and recorded dates, that of the product and that of the quantity
LANGUAGES = {
    "en": ("requested on", "ordered on", "dispatched on", "recorded on", "SKU", "Qty"),
    "de": ("Wunschtermin am", "Bestellt am", "Geliefert am", "Erfasst am", "Artikel", "Menge"),
    "fr": ("date promise le", "commandé le", "livré le", "saisi le", "Article", "Quantité"),
    "es": ("prometido el", "pedido el", "entregado el", "registrado el", "Artículo", "Cantidad"),
    "it": ("previsto il", "ordinato il", "consegnato il", "inserito il", "Articolo", "Quantità"),
    "nl": ("toegezegd op", "besteld op", "geleverd op", "ingevoerd (log)", "Artikel", "Aantal"),
}


def _file(
    names: tuple[str, ...], seed: int = 0, form: str = "%Y-%m-%d"
) -> tuple[bytes, list[tuple[dt.date, ...]]]:
    draw = random.Random(seed)
    order = list(range(6))
    draw.shuffle(order)
    lines, days = [";".join(names[i] for i in order)], []
    for k in range(90):
        ordered = dt.date(2022, 1, 14) + dt.timedelta(days=4 * k)
        row = (
            ordered + dt.timedelta(days=draw.randint(5, 20)),
            ordered,
            ordered + dt.timedelta(days=draw.randint(3, 30)),
            ordered + dt.timedelta(days=draw.randint(0, 40)),
        )
        days.append(row)
        cells = [*(day.strftime(form) for day in row), f"A-{k % 4}", str(1 + k % 3)]
        lines.append(";".join(cells[i] for i in order))
    return "\n".join(lines).encode(), days


def _dates(history: SalesHistory) -> list[tuple[dt.date, dt.date, dt.date]]:
    return sorted(
        zip(history.promised.tolist(), history.date.tolist(), history.shipped.tolist(), strict=True)
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d.%m.%Y"])
def test_the_date_of_the_order_is_proposed_and_the_others_serve(language: str, seed: int, form: str) -> None:
    names = LANGUAGES[language]
    data, days = _file(names, seed, form)
    history = read_sales(data)
    assert (
        dict(history.report.mapping).items()
        >= {"promised": names[0], "date": names[1], "shipped": names[2]}.items()
    )
    assert _dates(history) == sorted((promised, ordered, shipped) for promised, ordered, shipped, _ in days)
    said = next(p for p in history.report.problems if p.code == "date_chosen")
    assert (
        names[1] in said.message
        and "its name says so" in said.message
        and "100 %" in said.message
        and "mapping" in said.remedy
    )


def test_another_column_may_be_named() -> None:
    data, days = _file(LANGUAGES["en"], 4)
    history = read_sales(data, mapping={"date": "recorded on"})
    assert sorted(history.date.tolist()) == sorted(day for *_, day in days) and "date_chosen" not in {
        p.code for p in history.report.problems
    }


def test_without_names_the_earliest_in_nearly_all_rows_is_proposed_and_no_other() -> None:
    lines = ["Date 1;Date 2;SKU;Qty"]
    for k in range(80):
        day = np.datetime64("2022-03-01") + 3 * k
        lines.append(f"{day + 4};{day if k % 40 else day + 9};A-{k % 3};2")
    history = read_sales("\n".join(lines).encode())
    assert history.report.mapping["date"] == "Date 2"
    (said,) = [p.message for p in history.report.problems if p.code == "date_chosen"]
    assert "it is the earliest in 98 % of the rows" in said and "its name" not in said
    mixed = [
        lines[0],
        *(
            ";".join([*(line.split(";")[:2][:: 1 if k % 3 else -1]), *line.split(";")[2:]])
            for k, line in enumerate(lines[1:])
        ),
    ]
    with pytest.raises(DataError, match="several columns could hold the date of sale"):
        read_sales("\n".join(mixed).encode())


def test_a_day_of_expiry_or_payment_is_never_that_of_the_order() -> None:
    lines = [
        "paid on;expires;entry made;SKU;Qty",
        *(
            f"2022-01-{1 + k % 28:02d};2024-02-{1 + k % 28:02d};2022-03-{1 + k % 28:02d};A-{k % 3};2"
            for k in range(60)
        ),
    ]
    assert read_sales("\n".join(lines).encode()).report.mapping["date"] == "entry made"
