"""Compute the three samples once and keep them: `python -m dashboard.store_samples`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from sample_data import samples

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Keep every sample that is not kept yet for this code (named ones only, where names are given)."""
    from dashboard.results.compute import sample_study
    from dashboard.results.demand_facts import demand_facts_of, past_of
    from dashboard.results.past_results import SAMPLE_DATES, past_replayed
    from dashboard.results.store import keep, kept
    from dashboard.results.study_facts import facts_of
    from dashboard.state.choice import base_assumptions

    wanted = list(argv if argv is not None else sys.argv[1:]) or list(samples())
    for name in wanted:
        if all(kept(name, kind) is not None for kind in ("facts", "study", "demand", "replay")):
            continue
        print(f"Computing the sample {samples()[name].title} ...", flush=True)
        study = sample_study(name)
        made = {
            "study": study,
            "facts": facts_of(study),
            "demand": demand_facts_of(study, past_of(study)),
            "replay": past_replayed(study, base_assumptions(name), SAMPLE_DATES),
        }
        if not all(keep(name, kind, value) for kind, value in made.items()):
            return 0  # why was told
    return 0


if __name__ == "__main__":
    sys.exit(main())
