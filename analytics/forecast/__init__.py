"""Forecasts: demand as a calibrated distribution over the protection interval."""

from analytics.forecast.fit import fit_forecast
from analytics.forecast.forecast import Forecast
from analytics.forecast.judged.accuracy import (
    bias,
    crps,
    mase,
    newsvendor_regret,
    pinball,
    randomised_coverage,
    rmsse,
    scaled_pinball,
    wape,
)
from analytics.forecast.judged.backtest import Backtest, backtest
from analytics.forecast.spread.totals import forecast_table, forecast_total_table, survival, total_quantiles

__all__ = [
    "Backtest", "Forecast", "backtest", "bias", "crps", "fit_forecast", "forecast_table", "forecast_total_table", "mase", "newsvendor_regret", "pinball",
    "randomised_coverage", "rmsse", "scaled_pinball", "survival", "total_quantiles", "wape",
]  # fmt: skip
