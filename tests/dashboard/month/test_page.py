"""Again next month on the pages: an earlier study is brought, kept, refused in words, and gone when the data are forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.study_change.kept import kept_bytes, read_kept
from dashboard.kept.forgetting import forgotten
from dashboard.month import store
from tests.dashboard.conftest import Start
from tests.study_change.company import small_kept


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(tmp_path / "kept.sqlite3"))
    return tmp_path / "studies"


def test_a_kept_study_is_offered_to_its_own_company_alone(place: Path) -> None:
    """Kept twice it is one file; other products do not see it; a damaged one is passed over; forgetting its data deletes it."""
    data = kept_bytes(small_kept())
    digest = "0123456789abcdef" + "0" * 16
    assert store.keep_study(digest, data) == "" == store.keep_study(digest, data)
    skus = [str(sku) for sku in small_kept().promised.skus]
    (one,) = store.kept_studies(skus)
    assert one.data == data and one.title == "sales.csv, sales to 2024-12-29"
    assert store.kept_studies(["X1", "X2"]) == [] and store.kept_studies(skus[:2]) == []
    (place / "ffffffffffffffff-00.bin").write_bytes(data[:-9])
    assert store.kept_studies(skus) == [one]
    assert read_kept((place / one.file).read_bytes()).version == small_kept().version
    forgotten(digest[:16])
    assert [path.name for path in place.iterdir()] == ["ffffffffffffffff-00.bin"]
    store.remove_study("ffffffffffffffff-00.bin")
    assert list(place.iterdir()) == []


def test_no_more_are_kept_than_the_most(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_KEPT", 1)
    assert store.keep_study("a" * 32, b"one") == ""
    assert "which is the most" in store.keep_study("b" * 32, b"two")


def told(at: AppTest) -> str:
    return " ".join(str(one.value) for one in [*at.error, *at.subheader, *at.markdown, *at.caption])


def test_the_report_takes_an_earlier_study_and_refuses_that_of_another_company(start: Start) -> None:
    """A sample beside the small company's study: told in words on the page, and nothing else is lost."""
    at = start("servers", "report")
    at.file_uploader(key="earlier-study").set_value(("kept_study.bin", kept_bytes(small_kept()), "application/octet-stream")).run()  # fmt: skip
    at.button(key="compare-dropped").click().run()
    assert not at.exception and "cannot be compared with these data" in told(at)
    assert at.file_uploader(key="earlier-study") and at.button(key="keep-study")
    at.file_uploader(key="earlier-study").set_value(("kept_study.bin", b"date,sku", "text/csv")).run()
    at.button(key="compare-dropped").click().run()
    assert not at.exception and "cannot be compared with these data" in told(at)
