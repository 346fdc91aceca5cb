"""The whole flow on files whose truth is known, and on real files with no option at all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.cli import main
from analytics.naming.labels import COMPONENTS
from analytics.study import Study
from analytics.study_results import study_summary, study_tables
from analytics.writeup.files import study_files
from sample_data import samples
from tests.faults.damage import ALL
from tests.sample_data.kept import kept_sample
from tests.writeup.adding_up import files_add_up

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"


def living(study: Study) -> pd.DataFrame:
    recommendation = study.recommendation
    names = np.array(recommendation.strategies, object)[recommendation.recommended]
    table = pd.DataFrame(
        {"recommended": names, "verdict": recommendation.verdict, "gain": recommendation.gain},
        index=recommendation.skus,
    )
    return table[~recommendation.ended]


def test_household_goods_stay_in_stock_and_gain_by_planning_only() -> None:
    study = kept_sample("household")
    got = living(study)
    assert (got["recommended"] == "MTS").mean() >= 0.9
    perfect = study.portfolio.money["mix"]["benchmark"]
    assert abs(study.portfolio.changing) < 0.002 * perfect
    assert study.portfolio.gain == pytest.approx(
        study.portfolio.planning + study.portfolio.changing + study.recommendation.shared, abs=1e-6
    )
    assert (
        0.0 < study.portfolio.planning < 0.1 * perfect
    )  # reorder points that stand still all year, against levels that follow the season


def test_most_configured_servers_do_not_go_to_stock() -> None:
    study = kept_sample("servers")
    got = living(study)
    share = pd.Series(study.items["component_share"], index=study.items.skus).loc[got.index]
    configured = got[share > 0.0]
    assert len(configured) >= 30 and (configured["recommended"] != "MTS").mean() > 0.5
    assert study.portfolio.gain > 0.0


def test_bicycles_are_a_mix() -> None:
    study = kept_sample("bicycles")
    counts = living(study)["recommended"].value_counts()
    # a product or two may be as good with its large orders apart
    assert set(counts.index) >= {"MTS", "ATO", "MTO"} and counts.get("HYBRID", 0) <= 2
    assert counts.get("MTS", 0) >= 10 and counts.drop("MTS").sum() >= 10
    assert study.portfolio.gain_low > 0.0


@pytest.mark.parametrize("name", tuple(samples()))
def test_samples_reconcile(name: str, tmp_path: Path) -> None:
    study = kept_sample(name)
    tables, summary = study_tables(study), study_summary(study)
    for file, make in study_files(tables, lambda: summary).items():
        (tmp_path / file).write_bytes(make())
    files_add_up(tmp_path)
    wide = tables["strategies"]().pivot(index=["sku", "strategy"], columns="measure", values="value")
    gap = (wide["benchmark"] - wide["profit"] - wide[list(COMPONENTS)].sum(axis=1)).abs()
    assert (gap <= 1e-9 * wide["revenue"].abs().clip(lower=1.0)).all()
    for ledger in study.ledgers.values():
        assert np.abs(ledger.imbalance()).max() < 1e-6
    # the mix is at least as good as what it replaces, and no better than the perfect year
    totals = summary["totals"]
    assert (
        totals["baseline"]["profit"]
        <= totals["mix"]["profit"] + 1e-6 * totals["mix"]["benchmark"]
        <= 1.000001 * totals["mix"]["benchmark"]
    )
    json.dumps(summary, allow_nan=False)


#: `make test` runs the smallest; of the first the controller's journey (tests/browser/test_controller.py) analyzes seventy products with
#: every file that is written, and reading is held against SQL for all (tests/data/test_shared_data.py). `make study` runs them all.
SHARED = {
    "adventureworks_sales.csv.gz": ["--items", "adventureworks_items.csv"],
    "pasta_daily.csv.gz": [],
    "carparts_monthly_wide.csv.gz": [],
    "online_retail_2010_2011.csv.gz": [],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(SHARED) if ALL else ["pasta_daily.csv.gz"])
def test_real_files_run_with_no_option(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    if not (DATA / name).exists():
        pytest.skip("shared data not beside the project")
    extra = [str(DATA / word) if word.endswith(".csv") else word for word in SHARED[name]]
    assert main(["analyze", str(DATA / name), *extra, "--out", str(tmp_path)]) == 0
    assert capfd.readouterr() == ("", "")
    got = pd.read_csv(
        tmp_path / "recommendation.csv", dtype={"sku": str}, keep_default_na=False, na_values=[""]
    )
    summary = json.loads((tmp_path / "summary.json").read_text())
    control = summary["control_totals"]
    assert control["rows_used"] + control["rows_rejected"] == control["rows_read"]
    products = got
    files_add_up(tmp_path)
    assert len(products) == summary["products"] and products["sku"].is_unique
    if not extra:  # no cost in the file: no money anywhere, and nothing to assemble from
        assert (
            summary["priced_products"] == 0
            and products["profit_mts"].isna().all()
            and summary["gain_per_year"] == 0.0
        )
        assert set(products["recommended"].dropna()) == {"MTS"} and set(products["verdict"]) == {
            "not_decidable"
        }
        # what today's rule holds fills nine tenths, give or take what is known of demand: less stock where it is known better
        assert 0.88 < summary["service"]["mix"]["fill_rate"] < 1.0
    else:
        assert (
            control["rows_read"] == 121_253
            and summary["ended_products"] >= 83
            and summary["priced_products"] > 250
        )
        bought = products[products["make_or_buy"] == "buy"]
        assert len(bought) == 76 and bought["profit_ato"].isna().all()
