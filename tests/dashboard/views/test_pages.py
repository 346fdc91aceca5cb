"""Every page in the test harness: on samples, on a file, on a bad file, on a file without money."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.conftest import items_csv, sales_csv, settled

Start = Callable[..., AppTest]
PAGES = ("answer", "data", "compare", "products", "demand", "limits", "risk", "assumptions", "report")


def texts(at: AppTest) -> str:
    """All that stands on the page as text."""
    return " ".join(
        str(e.value) for kind in (at.title, at.markdown, at.subheader, at.caption, at.text) for e in kind
    )


def with_files(at: AppTest, sales: bytes, items: bytes | None = None) -> AppTest:
    """The Data page with files dropped on it."""
    at.switch_page("views/data.py").run()
    at.file_uploader(key="sales-files").set_value([("sales.csv", sales, "text/csv")])
    if items is not None:
        at.file_uploader(key="items-file").set_value(("items.csv", items, "text/csv"))
    return at.run()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_a_finding_as_its_title(start: Start, page: str) -> None:
    at = start("servers", "" if page == "answer" else page)
    assert len(at.title) == 1 and len(at.title[0].value) > 20


@pytest.mark.parametrize("page", ("answer", "compare", "products", "risk"))
def test_where_nothing_is_gained_the_pages_hold(start: Start, page: str) -> None:
    at = start("household", "" if page == "answer" else page)
    assert "EUR" in texts(at) or page == "products"
    assert "nan" not in texts(at).lower().split()


def test_an_answer_is_confirmed_counts_and_can_be_taken_back(start: Start) -> None:
    at = start("servers")
    before = at.title[0].value
    control = next(b for b in at.segmented_control if "patience" in b.key)
    settled(control.set_value("5 or fewer").run())
    assert not at.exception
    assert any("confirmed" in m.value and "5 of 10" in m.value.replace("\\", "") for m in at.markdown)
    assert not any("patience" in b.key for b in at.segmented_control)
    after = at.title[0].value
    settled(at.button(key="undo-patience_per_day").click().run())
    assert at.title[0].value == before and not at.exception
    assert after != "" and any("patience" in b.key for b in at.segmented_control)


def test_a_product_opens_and_an_own_choice_counts(start: Start) -> None:
    at = start("servers", "products")
    first = at.selectbox(key="product-open").options[0]
    at.selectbox(key="product-open").select_index(0).run()
    assert any("turn it is being worked out" in str(one.value) for one in at.subheader)
    settled(at)  # the page does not wait for it
    assert any("turn it" in str(one.value) for one in at.subheader) and "being worked out" not in texts(at)
    assert not at.exception
    sku = first.split("(")[-1].rstrip(")")
    assert any(sku in t.value for t in at.text)
    at.radio(key=f"instead-{sku}").set_value("MTS").run()
    at.text_input(key=f"note-{sku}").set_value("*show* in May")
    settled(at.button(key=f"count-{sku}").click().run())
    assert not at.exception
    assert "You chose" in texts(at) and "\\*show\\* in May" in texts(at)
    at.switch_page("views/answer.py").run()
    assert not at.exception


def test_a_file_is_read_shown_and_used(start: Start) -> None:
    at = with_files(start(), sales_csv(), items_csv())
    assert not at.exception
    assert at.title[0].value == "All 280 rows are usable"
    settled(at.button(key="use-file").click().run())
    assert not at.exception
    at.run()
    assert at.selectbox(key="data").value == "own"
    at.switch_page("views/answer.py").run()
    assert "over the next 12 months" in texts(at) or "Everything to stock" in at.title[0].value


def test_without_price_and_cost_there_is_no_money(start: Start) -> None:
    at = with_files(start(), sales_csv(price=False))
    settled(at.button(key="use-file").click().run())
    for page in PAGES:
        at.switch_page(f"views/{page}.py").run()
        assert not at.exception
        if page in ("answer", "compare", "products"):
            assert not any("Contribution" in m.label or "Cash" in m.label for m in at.metric)
            assert "USD" not in at.title[0].value
    at.switch_page("views/answer.py").run()
    assert "units and days only" in at.title[0].value.replace("\\", "")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "no rows"),
        (b"date,colour\n2024-01-01,red\n2024-01-02,blue\n", "column"),
        (b"\x00\x01\x02\x03" * 50, ""),
        (b"date,sku,quantity\n", ""),
        (b"date,sku,quantity\nmaybe,A,1\nperhaps,B,2\n", ""),
    ],
)
def test_a_bad_file_is_told_as_a_table_and_never_as_a_traceback(
    start: Start, content: bytes, word: str
) -> None:
    at = with_files(start(), content)
    assert not at.exception
    assert at.title[0].value == "This file cannot be used yet"
    table = at.dataframe[0].value
    assert {"row", "column", "found", "expected", "what to do"} <= set(table.columns) and len(table) >= 1
    assert "Traceback" not in texts(at)
    assert word in " ".join(table.astype(str).to_numpy().ravel()).lower()


def test_a_file_of_small_days_asks_for_the_date_order(start: Start) -> None:
    lines = [
        "date,sku,quantity",
        *(f"{d:02d}/{m:02d}/2024,A-{k},{1 + k}" for m in range(1, 13) for d in (3, 7, 11) for k in range(3)),
    ]
    at = with_files(start(), "\n".join(lines).encode())
    assert at.title[0].value == "This file cannot be used yet"
    at.segmented_control(key="date-order").set_value("DMY").run()
    assert not at.exception and "usable" in at.title[0].value
    at.run()
    assert "usable" in at.title[0].value


def test_a_file_that_does_not_say_its_decimal_mark_or_its_start_asks(start: Start) -> None:
    days = [f"2024-{m:02d}-{d:02d}" for m in range(1, 5) for d in (13, 14, 15)]
    at = with_files(
        start(),
        ("date,sku,quantity\n" + "\n".join(f'{day},A,"{k + 1},407"' for k, day in enumerate(days))).encode(),
    )
    at.segmented_control(key="file-decimal").set_value(".").run()
    at.run()
    assert not at.exception and "usable" in at.title[0].value and "82,884 units" in texts(at)
    at = with_files(start(), ("sku," + ",".join(f"W{k}" for k in range(30)) + "\nA" + ",2" * 30).encode())
    at.text_input(key="file-start").set_value("2024-01-01").run()
    assert not at.exception and "usable" in at.title[0].value


def test_lines_that_are_not_sales_can_be_counted(start: Start) -> None:
    lines = [
        "order,date,sku,quantity,status",
        *(
            f"{k},2024-01-{k % 17 + 13:02d},A-{k % 3},2,{'voided' if k % 5 == 0 else 'paid'}"
            for k in range(40)
        ),
    ]
    at = with_files(start(), "\n".join(lines).encode())
    assert "32 of 40 rows are usable" in at.title[0].value
    at.pills(key="kept-lines").set_value(["cancelled_orders"]).run()
    assert not at.exception and "All 40 rows are usable" in at.title[0].value


def test_names_of_a_file_are_shown_as_text(start: Start) -> None:
    skus = ("*A_1*", "<b>x</b>", "=1+1", "C:red[3]")
    at = with_files(start(), sales_csv(skus), items_csv(skus))
    settled(at.button(key="use-file").click().run())
    for page in PAGES:
        at.switch_page(f"views/{page}.py").run()
        assert not at.exception
        for element in (*at.markdown, *at.title, *at.caption, *at.subheader):
            shown = (
                str(element.value)
                .replace(":green-badge[", "")
                .replace(":orange-badge[", "")
                .replace(":gray-badge[", "")
                .replace(":blue-badge[", "")
            )
            assert not any(sku in shown for sku in skus)
    at.switch_page("views/products.py").run()
    at.selectbox(key="product-open").select("<b>x</b>").run()
    assert not at.exception and at.title[0].value.startswith("\\<b\\>x")


def test_assumptions_tell_what_differs_first(start: Start) -> None:
    at = start("bicycles", "assumptions")
    table = at.dataframe[0].value if len(at.dataframe) else None
    assert at.title[0].value.startswith("1 of ")
    assert table is None or table.iloc[0]["what"] == "Cost of capital"


def test_levers_of_prices_move_the_answer(start: Start) -> None:
    at = start("servers", "compare")
    lever = next(s for s in at.slider if "salvage" in s.key)
    lever.set_value(60.0).run()
    assert not at.exception
    assert "What changed: what leftovers" in texts(at).replace("\\", "") and "-> 60 %" in texts(at).replace(
        "\\", ""
    )
    settled(at)
    assert not at.exception and "Recomputing" not in texts(at)
    assert any(b.label == "Reset 1 lever" for b in at.button)


def test_levers_answers_and_own_choices_are_undone_apart(start: Start) -> None:
    at = start("servers")
    control = next(b for b in at.segmented_control if "patience" in b.key)
    settled(control.set_value("8").run())
    answered = at.title[0].value
    at.switch_page("views/compare.py").run()
    next(s for s in at.slider if "salvage" in s.key).set_value(60.0).run()

    def held() -> tuple[float, str, int]:
        choice = at.session_state["choices"]["servers"]
        return (
            choice.assumptions.of("salvage_share").value,
            choice.assumptions.of("patience_per_day").origin,
            len(choice.levers),
        )

    assert held() == (0.6, "confirmed", 1)
    at.button(key="reset-levers").click().run()
    assert held() == (0.2, "confirmed", 0) and not at.exception
    at.switch_page("views/answer.py").run()
    assert at.title[0].value == answered
    at.switch_page("views/compare.py").run()
    at.button(key="undo-last").click().run()
    assert held() == (0.6, "confirmed", 1)
    at.button(key="reset-answers").click().run()
    assert held() == (0.6, "assumed", 1) and not any(b.key == "reset-answers" for b in at.button)
    at.button(key="undo-last").click().run()
    assert held() == (0.6, "confirmed", 1)


def test_items_and_bill_of_materials_among_the_files_are_recognised_and_counted(start: Start) -> None:
    bom = b"parent,component,quantity\nA-1,frame,1\nA-1,bolt,4\nB-2,frame,1\nB-2,bolt,5\n"
    at = start()
    at.switch_page("views/data.py").run()
    at.file_uploader(key="sales-files").set_value(
        [("x.csv", items_csv(), "text/csv"), ("y.csv", bom, "text/csv"), ("z.csv", sales_csv(), "text/csv")]
    ).run()
    assert not at.exception and at.title[0].value == "All 280 rows are usable"
    told = [str(s.value) for s in at.subheader]
    assert any(s.startswith("Bill of materials: all 4 rows") for s in told) and any(
        s.startswith("Items: all 4 rows") for s in told
    )
    assert "recognised by its columns as the bill of materials" in texts(at)
    settled(at.button(key="use-file").click().run())
    assert not at.exception
    from dashboard.results import compute
    from dashboard.state import choice

    source = choice.file_source((("x.csv", items_csv()), ("y.csv", bom), ("z.csv", sales_csv())))
    parts = compute.study(choice.Choice(source, choice.Assumptions())).parts
    assert parts is not None and parts.of(0) == {0: 4.0, 1: 1.0}


def test_named_columns_are_known_again_for_the_same_header_only(start: Start) -> None:
    lines = [
        "when,thing,colour,howmany,weight",
        *(f"2024-{1 + k % 12:02d}-{13 + k % 9},T{k % 3},C{k % 5},{1 + k % 4},{2 + k % 3}" for k in range(40)),
    ]
    data = "\n".join(lines).encode()
    at = with_files(start(), data)
    assert at.title[0].value == "This file cannot be used yet"
    at.text_input(key="map-sku").set_value("thing")
    at.text_input(key="map-quantity").set_value("howmany")
    next(b for b in at.button if b.label == "Read again").click().run()
    at.run()
    assert not at.exception and "40 rows are usable" in at.title[0].value
    assert "40 rows are usable" in with_files(start(), data.replace(b"C1", b"C9")).title[0].value
    assert (
        with_files(start(), data.replace(b"weight", b"length")).title[0].value
        == "This file cannot be used yet"
    )


def test_a_total_from_the_books_is_compared_however_it_is_written(start: Start) -> None:
    at = with_files(start(), sales_csv(), items_csv())
    for typed in ("12.345,50", "12,345.50", "12345.5"):
        at.text_input(key="total-typed").set_value(typed).run()
        assert not at.exception and "You typed 12,345.50, the file has" in texts(at).replace("\\", "")
    at.text_input(key="total-typed").set_value("many").run()
    assert not at.exception and "not a number" in at.warning[0].value and "You typed" not in texts(at)
