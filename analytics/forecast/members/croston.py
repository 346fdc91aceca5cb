# mypy: disable-error-code="no-untyped-def"
"""Intermittent demand: Croston, Syntetos-Boylan (SBA), Teunter-Syntetos-Babai (TSB), and temporal aggregation (ADIDA, IMAPA)."""

from __future__ import annotations

from analytics.machine.kernel_cache import kernel

__all__ = ["aggregated_levels", "croston_levels", "tsb_levels"]


@kernel
def croston_levels(y, seen, alpha, warm, out):
    """out[t] = demand per period expected before period t; returns the last (size, interval). Starts at the first sale: its size, its position."""
    size = 0.0
    interval = 1.0
    gap = 0.0
    sales = 0.0
    out[0] = 0.0
    for t in range(y.shape[0]):
        if seen[t]:
            gap += 1.0
            if y[t] > 0.0:
                sales += 1.0
                if sales == 1.0:
                    size = y[t]
                    interval = gap
                else:
                    gain = max(alpha, 1.0 / sales) if warm else alpha
                    size += gain * (y[t] - size)
                    interval += gain * (gap - interval)
                gap = 0.0
        out[t + 1] = size / interval if sales > 0.0 else 0.0
    return size, interval


@kernel
def tsb_levels(y, seen, alpha_size, alpha_probability, warm, out):
    """out[t] = probability of a sale times size before period t. Starts with the first period's indicator and the first sale's size."""
    size = 0.0
    probability = 0.0
    count = 0.0
    sales = 0.0
    out[0] = 0.0
    for t in range(y.shape[0]):
        if seen[t]:
            count += 1.0
            sold = 1.0 if y[t] > 0.0 else 0.0
            if count == 1.0:
                probability = sold
            else:
                gain = max(alpha_probability, 1.0 / count) if warm else alpha_probability
                probability += gain * (sold - probability)
            if sold > 0.0:
                sales += 1.0
                if sales == 1.0:
                    size = y[t]
                else:
                    gain = max(alpha_size, 1.0 / sales) if warm else alpha_size
                    size += gain * (y[t] - size)
        out[t + 1] = probability * size


@kernel
def aggregated_levels(total, bucket, alpha, out):
    """out[t] = smoothed demand per period before period t, smoothing sums of `bucket` periods that end at t; `total` holds cumulative sums (n + 1).

    Before one full bucket: the plain mean. The constant is never below 1/number of buckets.
    """
    n = total.shape[0] - 1
    for t in range(n + 1):
        if t < bucket:
            out[t] = total[t] / t if t > 0 else 0.0
        elif t < 2 * bucket:
            out[t] = (total[t] - total[t - bucket]) / bucket
        else:
            gain = max(alpha, 1.0 / (t // bucket))
            out[t] = out[t - bucket] + gain * ((total[t] - total[t - bucket]) / bucket - out[t - bucket])
