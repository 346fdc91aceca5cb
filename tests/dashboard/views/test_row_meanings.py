"""What rows mean, on the page Data: asked before anything else, answered there, read again at once, said, and remembered."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from analytics.data.meaning.listed_meanings import Meaning
from dashboard.file import meanings
from dashboard.state import memory
from tests.dashboard.conftest import Start, settled
from tests.dashboard.views.test_pages import texts as escaped


def texts(at: AppTest) -> str:
    return (escaped(at) + " ".join(str(one.value) for one in at.success)).replace("\\", "")


def _sales(states: tuple[str, ...], weeks: int = 60) -> bytes:
    lines = [
        f"{w},{2022 + w // 48}-{1 + w // 4 % 12:02d}-{1 + 7 * (w % 4):02d},A-{k},3,9,{states[(w + k) % len(states)]}"
        for w in range(weeks)
        for k in range(4)
    ]
    return "\n".join(["order,date,sku,quantity,price,status", *lines]).encode()


def _dropped(start: Start, name: str, content: bytes) -> AppTest:
    at = start()
    at.switch_page("views/data.py").run()
    return at.file_uploader(key="sales-files").set_value([(name, content, "text/csv")]).run()


def _choice(at: AppTest, value: str) -> object:
    return next(one for one in at.selectbox if value in one.label)


def test_an_unknown_state_is_asked_answered_said_and_remembered(start: Start) -> None:
    at = _dropped(start, "june.csv", _sales(("Shipped", "Shipped", "Glorbed", "Draft")))
    assert not at.exception and not any(b.key == "use-file" for b in at.button)
    assert "What are these rows?" in texts(at)
    asked = _choice(at, "Glorbed")
    assert "60 rows, 180 units, 1,620.00 in money" in asked.label.replace("\\", "")  # type: ignore[attr-defined]
    asked.set_value("leave out").run()  # type: ignore[attr-defined]
    assert not at.exception and any(b.key == "use-file" for b in at.button)
    assert "Units counted: 360" in texts(at) and "Glorbed" in texts(at)
    _choice(at, "Draft").set_value("count").run()  # type: ignore[attr-defined]
    assert "Units counted: 360 → 540" in texts(at)
    settled(at.button(key="use-file").click().run())
    assert memory.answers(("order", "date", "sku", "quantity", "price", "status"))["treatments"] == {
        "status": {"Draft": "count", "Glorbed": "leave out"}
    }
    july = _dropped(start, "july.csv", _sales(("Shipped", "Glorbed"), weeks=40))
    assert any(b.key == "use-file" for b in july.button)
    said = texts(july)
    assert (
        "Read as you answered for an earlier file with the same columns" in said
        and "Glorbed = leave out" in said
    )
    assert "Draft" in said and "that this one has no rows for stay kept" in said
    assert "not in the file" not in " ".join(
        str(v) for frame in july.dataframe for v in frame.value.to_numpy().ravel()
    )
    july.button(key="ask-again").click().run()
    assert not july.exception and not any(b.key == "use-file" for b in july.button)


def test_another_file_is_not_read_by_the_answers_of_the_one_before(start: Start) -> None:
    at = _dropped(start, "june.csv", _sales(("Shipped", "Glorbed")))
    _choice(at, "Glorbed").set_value("count").run()  # type: ignore[attr-defined]
    assert any(b.key == "use-file" for b in at.button)
    at.file_uploader(key="sales-files").set_value(
        [("other.csv", _sales(("Shipped", "Glorbed"), weeks=50), "text/csv")]
    ).run()
    assert not any(b.key == "use-file" for b in at.button)


def test_hostile_values_are_text(start: Start) -> None:
    at = _dropped(start, "june.csv", _sales(("Shipped", "**bold** <b>x</b> [a](http://x)")))
    assert not at.exception and "\\*\\*bold" in _choice(at, "bold").label  # type: ignore[attr-defined]


def test_a_factor_of_a_unit_is_asked_and_a_wrong_one_said(start: Start) -> None:
    lines = [
        f"{w},{2022 + w // 48}-{1 + w // 4 % 12:02d}-{1 + 7 * (w % 4):02d},A-{k},{3 if w % 2 else 1},{'Nos' if w % 2 else 'Box'}"
        for w in range(60)
        for k in range(4)
    ]
    at = _dropped(start, "u.csv", "\n".join(["order,date,sku,quantity,UOM", *lines]).encode())
    asked = next(one for one in at.text_input if "Box" in one.label)
    asked.set_value("0").run()
    assert not at.exception and any(
        "not a number above zero" in str(w.value).replace("\\", "") for w in at.warning
    )
    next(one for one in at.text_input if "Box" in one.label).set_value("12").run()
    assert not at.exception and any(b.key == "use-file" for b in at.button) and "1,800" in texts(at)


def test_units_services_and_places_are_asked_and_answered_in_their_own_words(start: Start) -> None:
    lines = ["date;order;sku;product;quantity;price;uom;warehouse"]
    for w in range(60):
        day, place = (
            f"{2022 + w // 48}-{1 + w // 4 % 12:02d}-{1 + 7 * (w % 4):02d}",
            ("North", "South")[w % 2],
        )
        lines += [
            f"{day};{w};A-1;Bolt;5;2;pcs;{place}",
            f"{day};{w};A-1;Bolt;1;20;box;{place}",
            f"{day};{w};SHP;Shipping;3;4;pcs;{place}",
        ]
    at = _dropped(start, "units.csv", "\n".join(lines).encode())
    assert (
        "How much is one of these?" in texts(at)
        and "Are these products?" in texts(at)
        and "A-1 is counted in it and in another unit" in texts(at)
    )
    shipping = _choice(at, "SHP")
    assert shipping.options == ["Count as sold", "Leave out"]  # type: ignore[attr-defined]
    shipping.set_value("leave out").run()  # type: ignore[attr-defined]
    next(one for one in at.text_input if "box: 60 rows, 60 units" in one.label.replace("\\", "")).set_value(
        "10"
    ).run()
    assert any(b.key == "use-file" for b in at.button) and "Units counted: 900" in texts(at)
    _choice(at, "South").set_value("leave out").run()  # type: ignore[attr-defined]
    assert not at.exception and "Units counted: 900 → 450" in texts(at)


def test_a_column_of_sixty_values_is_answered_in_one_table(start: Start) -> None:
    states = tuple(
        ["Shipped"] * 60 + [f"Glorp {k:02d}" for k in range(55)] + [f"Blarg {k}" for k in range(5)]
    )
    lines = [f"{w},2022-{1 + w // 30:02d}-{1 + w % 28:02d},A,3,9,{states[w % 120]}" for w in range(360)]
    at = _dropped(start, "june.csv", "\n".join(["order,date,sku,quantity,price,status", *lines]).encode())
    assert (
        not at.exception
        and "60 of 60 values" in texts(at)
        and not any("Glorp" in s.label for s in at.selectbox)
    )
    at.text_input[0].set_value("blarg").run()
    assert "5 of 60 values" in texts(at)
    _choice(at, "All shown").set_value("Leave out")  # type: ignore[attr-defined]
    next(b for b in at.button if b.label == "Read again" and "many" in str(b.form_id)).click().run()
    assert not at.exception and "55 of 55 values" in texts(at)
    _choice(at, "All shown").set_value("Count as sold")  # type: ignore[attr-defined]
    next(b for b in at.button if b.label == "Read again" and "many" in str(b.form_id)).click().run()
    assert not at.exception and any(b.key == "use-file" for b in at.button)
    assert "Units counted: 1,035" in texts(at) and "55 values" in texts(at)  # 360 lines of 3, less 15 of 3


def _boxes(start: Start) -> AppTest:
    lines = [
        f"{w},{2022 + w // 48}-{1 + w // 4 % 12:02d}-{1 + 7 * (w % 4):02d},A-{k},{3 if w % 2 else 1},{'Nos' if w % 2 else 'Box'}"
        for w in range(60)
        for k in range(4)
    ]
    return _dropped(start, "u.csv", "\n".join(["order,date,sku,quantity,UOM", *lines]).encode())


def test_one_product_may_have_a_factor_of_its_own(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    at = _boxes(start)
    assert any("Another number for one product in Box" in e.label for e in at.expander)
    next(one for one in at.text_input if "Box" in one.label).set_value("12").run()
    assert "Units counted: 1,800" in texts(at)  # 360 pieces, 120 boxes of 12
    box = Meaning(
        "UOM", "unit", "Box", 120, 120.0, 0.0, "12", "told", "", (("A-2", 30, 30.0), ("A-1", 30, 30.0))
    )
    state = {
        "key": {"edited_rows": {"1": {"in one": 24}}},
        "treatments": {"UOM": {"Box": "12"}},
        "units-read": 1800.0,
    }
    monkeypatch.setattr(meanings.st, "session_state", state)
    meanings._products_typed(box, "key")
    assert state["treatments"] == {"UOM": {"Box": "12", "Box of A-1": "24"}}
    state["key"] = {"edited_rows": {"0": {"in one": 0}}}
    meanings._products_typed(box, "key")
    assert "Box of A-2: 0 is not a number above zero" in str(state["treatment-wrong"])
    monkeypatch.undo()
    at.session_state["treatments"] = {"UOM": {"Box": "12", "Box of A-1": "24"}}
    at.run()
    assert not at.exception and "2,160" in texts(at)  # 30 of the boxes hold 24
    assert any(b.key == "use-file" for b in at.button)
