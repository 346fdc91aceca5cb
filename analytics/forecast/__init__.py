"""Forecasts: demand as a calibrated distribution over the protection interval."""

from analytics.forecast.accuracy import (
    bias,
    coverage,
    crps,
    mase,
    newsvendor_regret,
    pinball,
    randomised_coverage,
    rmsse,
    scaled_pinball,
    wape,
)
from analytics.forecast.backtest import Backtest, backtest
from analytics.forecast.croston import adida, croston, imapa, sba, tsb
from analytics.forecast.fit import fit_forecast
from analytics.forecast.forecast import Forecast
from analytics.forecast.smoothing import damped_trend, exponential_smoothing, holt_winters, theta
from analytics.forecast.totals import forecast_table, forecast_total_table, survival, total_quantiles

__all__ = [
    "Backtest", "Forecast", "adida", "backtest", "bias", "coverage", "croston", "crps", "damped_trend", "exponential_smoothing", "fit_forecast",
    "forecast_table", "forecast_total_table", "holt_winters", "imapa", "mase", "newsvendor_regret", "pinball", "randomised_coverage", "rmsse", "sba",
    "scaled_pinball", "survival", "theta", "total_quantiles", "tsb", "wape",
]  # fmt: skip
