"""Forecasts: demand as a calibrated distribution over the protection interval."""

from analytics.forecast.fit import fit_forecast
from analytics.forecast.forecast import Forecast
from analytics.forecast.totals import forecast_table, forecast_total_table, survival, total_quantiles

__all__ = ["Forecast", "fit_forecast", "forecast_table", "forecast_total_table", "survival", "total_quantiles"]
