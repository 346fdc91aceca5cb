"""Inputs of a published case under the names different sources give them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.closed_forms.distributions.distributions import (
    gamma_fit,
    interval_demand_fit,
    negative_binomial_fit,
)
from tests.closed_forms.queues.make_to_stock_queue import ServiceTime, service_time
from tests.closed_forms.stock.s_s import poisson_masses

MISSING = object()

HOLDING = ("h", "holding_cost", "h_per_unit_year", "holding", "overage_cost", "co", "c_o")
SHORTAGE = (
    "b",
    "backorder_cost",
    "b_per_unit_year",
    "stockout_cost",
    "p",
    "shortage_cost",
    "underage_cost",
    "cu",
    "c_u",
    "penalty",
    "lost_penalty",
    "backorder",
)
RATE = (
    "lambda",
    "lambda_per_year",
    "lam",
    "demand_rate",
    "D",
    "D_per_year",
    "rate",
    "annual_demand",
    "demand_per_year",
    "lambda_per_period",
)
LEAD = ("L", "lead_time", "lead_time_years", "L_years", "lead_periods", "lead_time_periods", "EL", "lead")
SETUP = ("K", "fixed_cost", "setup_cost", "setup")
MEAN = (
    "mean",
    "mean_per_period",
    "mu",
    "demand_mean",
    "mean_LTD",
    "LTD_mean",
    "LTD_mean_Poisson",
    "lambda",
    "mean_demand",
)
DEVIATION = ("sd", "sd_per_period", "sigma", "demand_sd", "sd_LTD", "LTD_sd", "sd_per_year")


class Given:
    """A case's inputs; `given.any_of(names)` finds the first of several names, else the default or a KeyError naming them."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def has(self, *names: str) -> bool:
        return any(name in self.values and self.values[name] is not None for name in names)

    def any_of(self, *names: str, default: Any = MISSING) -> Any:
        for name in names:
            if name in self.values and self.values[name] is not None:
                value = self.values[name]
                return (
                    np.asarray(value, float)
                    if isinstance(value, list)
                    and value
                    and all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in value)
                    else value
                )
        if default is MISSING:
            raise KeyError(f"none of {names} among the inputs {sorted(self.values)}")
        return default

    def prefix(self, start: str, default: Any = MISSING) -> Any:
        """The value of the first input whose name starts with `start`."""
        for name in self.values:
            if name.lower().startswith(start.lower()):
                return self.any_of(name)
        if default is MISSING:
            raise KeyError(f"no input starts with {start!r} among {sorted(self.values)}")
        return default


def answer(value: Any) -> Any:
    """Arrays as lists and numpy numbers as Python numbers, all the way down."""
    if isinstance(value, dict):
        return {str(key): answer(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [answer(item) for item in value]
    if isinstance(value, np.ndarray):
        return answer(value.tolist())
    if isinstance(value, np.generic):
        return value.item()
    return value


def distribution_of(given: Given) -> tuple[str, tuple[Any, ...]]:
    """Name and parameters of the demand distribution that the inputs describe."""
    name = str(given.any_of("distribution", "dist", default="")).lower().replace("-", "_").replace(" ", "_")
    if given.has("mu_log", "log_mean", "meanlog") or name == "lognormal":
        return "lognormal", (
            given.any_of("mu_log", "log_mean", "meanlog", "mu"),
            given.any_of("sigma_log", "log_sd", "sdlog", "sigma"),
        )
    if given.has("values", "demand_values") or given.has("pmf", "demand_pmf", "probabilities", "probs"):
        return "empirical", values_of(given)
    if given.has("low", "lo", "min", "a_low", "lower") or name == "uniform":
        return "uniform", (
            given.any_of("low", "lo", "min", "lower", "a"),
            given.any_of("high", "hi", "max", "upper", "b"),
        )
    if given.has("shape", "gamma_shape", "k_shape") or name == "gamma":
        shape = given.any_of("shape", "gamma_shape", "k_shape", "a")
        if given.has("scale", "gamma_scale", "theta_scale", "b", "theta"):
            return "gamma", (shape, given.any_of("scale", "gamma_scale", "theta_scale", "b", "theta"))
        return "gamma", (
            shape,
            1.0 / given.any_of("rate", "beta") if given.has("rate", "beta") else given.any_of(*MEAN) / shape,
        )
    if given.has("r") and given.has("p") and not given.has("Q"):
        return "negative_binomial", (given.any_of("r"), given.any_of("p"))
    if name == "negative_binomial" or (
        given.has("variance", "var", "var_per_period") and not given.has(*DEVIATION)
    ):
        return "negative_binomial", tuple(
            negative_binomial_fit(given.any_of(*MEAN), given.any_of("variance", "var", "var_per_period"))
        )
    if name == "exponential" or given.has("exponential_mean", "mean_exponential"):
        return "exponential", (given.any_of("exponential_mean", "mean_exponential", *MEAN),)
    if given.has("a") and given.has("b") and given.has("x") and not given.has("mean"):
        a, b, x = given.any_of("a"), given.any_of("b"), given.any_of("x")
        return ("uniform" if np.all((a <= x) & (x <= b)) else "gamma"), (a, b)
    if given.has(*DEVIATION):
        return "normal", (given.any_of(*MEAN), given.any_of(*DEVIATION))
    return "poisson", (given.any_of(*MEAN),)


def values_of(given: Given) -> tuple[Any, Any]:
    """Listed values of demand and their probabilities; a bare list of probabilities belongs to 0, 1, 2, ..."""
    chances = given.any_of("pmf", "demand_pmf", "probabilities", "probs", default=None)
    if isinstance(chances, dict):
        return np.array([float(value) for value in chances]), np.array(list(chances.values()), float)
    values = given.any_of("values", "demand_values", "demand", default=None)
    chances = np.asarray(chances, float) if chances is not None else None
    if chances is not None and chances.ndim == 2:
        return chances[:, 0], chances[:, 1]
    return (
        np.arange(len(chances)) if values is None and chances is not None else np.asarray(values, float)
    ), chances


def masses_of(given: Given) -> Any:
    """Probabilities of 0, 1, 2, ... units of demand a period."""
    if given.has("pmf", "demand_pmf", "probabilities"):
        values, chances = values_of(given)
        masses = np.zeros(int(values.max()) + 1)
        np.add.at(masses, values.astype(int), chances)
        return masses
    if given.has("variance", "var", "var_per_period", "sd") or given.has("r"):
        from scipy import stats

        if given.has("r"):
            r, p = float(given.any_of("r")), float(given.any_of("p_success", "prob", "p"))
        else:
            variance = given.any_of("variance", "var", "var_per_period", default=None)
            variance = float(given.any_of("sd")) ** 2 if variance is None else float(variance)
            name, parameters = interval_demand_fit(float(given.any_of(*MEAN)), variance, True)
            if name == "poisson":
                return poisson_masses(parameters[0])
            r, p = parameters
        top = int(stats.nbinom.ppf(1 - 1e-15, r, p)) + 1
        return stats.nbinom.pmf(np.arange(top + 1), r, p)
    return poisson_masses(float(given.any_of("mean", "mean_per_period", "demand_mean", "lambda", "mu")))


def service_of(description: Any, mean: float | None = None, variability: float | None = None) -> ServiceTime:
    """Work per order from words such as "deterministic 1", "exponential mean 2", "erlang-2 mean 1.5", "gamma mean 1 cs2 0.5", "uniform 0 2"."""
    if isinstance(description, Mapping):
        given = Given(description)
        kind = str(given.any_of("type", "kind", "distribution", "dist", "service"))
        stages = given.any_of("k", "stages", default=None)
        spread = given.any_of("cs2", "scv", "variability", default=1.0 / float(stages) if stages else None)
        return service_of(kind, given.any_of("mean", "mean_service", "value", default=mean), spread)
    text = str(description).lower()
    numbers = [float(x) for x in re.findall(r"(?<![a-z])\d+(?:\.\d+)?(?:e-?\d+)?", text)]
    kind = next(
        (
            k
            for k in ("hyperexponential", "deterministic", "exponential", "erlang", "gamma", "uniform")
            if k[:5] in text
        ),
        "",
    )
    if text.startswith(("constant", "fixed")) or text in ("d", "det"):
        kind = "deterministic"
    if text in ("m", "exp"):
        kind = "exponential"
    if kind == "erlang":
        stages = numbers[0] if numbers else 2.0
        return service_time(
            "erlang",
            numbers[1] if len(numbers) > 1 else (mean or 1.0),
            1.0 / stages if variability is None else variability,
        )
    if kind == "uniform" and len(numbers) >= 2:
        middle = (numbers[0] + numbers[1]) / 2.0
        return service_time("uniform", middle, (numbers[1] - numbers[0]) ** 2 / 12.0 / middle**2)
    spread = variability
    if kind in ("gamma", "hyperexponential") and spread is None and numbers:
        labelled = re.search(r"(?:cs2|scv|cv2)\s*=?\s*(\d+(?:\.\d+)?)", text)
        spread = float(labelled.group(1)) if labelled else numbers[-1]
    named = re.search(r"mean\s*=?\s*(\d+(?:\.\d+)?)", text)
    length = (
        float(named.group(1)) if named else (mean if mean is not None else (numbers[0] if numbers else 1.0))
    )
    return service_time(kind, length, spread)


def gamma_from(given: Given) -> tuple[Any, Any]:
    """Shape and scale of gamma demand, given directly or by mean and standard deviation."""
    if given.has("shape", "a"):
        return given.any_of("shape", "a"), given.any_of("scale", "b")
    return gamma_fit(given.any_of(*MEAN), given.any_of(*DEVIATION))
