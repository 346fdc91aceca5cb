"""Forty names that a page, a sheet or a shell could take for more than a name, and files that carry them everywhere a name can stand."""

from __future__ import annotations

import csv
import datetime
import io

__all__ = ["hostile_names", "items_file", "sales_file"]


def hostile_names(listener: str) -> list[str]:
    """Forty names; `listener` (http://host:port) is called where one of them is taken for an address."""
    return [
        f"![x]({listener}/a.png)", f"[link]({listener}/b)", f"<img src={listener}/c.png>", f'<img src="x" onerror="fetch(\'{listener}/d\')">',
        f"<script>fetch('{listener}/e')</script>",
        f"<svg onload=fetch('{listener}/f')>", f"<iframe src={listener}/g></iframe>", f"<link rel=stylesheet href={listener}/h.css>", f"{listener}/i.png", f"<{listener}/j>",
        f"<style>@import '{listener}/k.css'</style>", f"![y][ref]\n\n[ref]: {listener}/l.png", f":material/home: ![z]({listener}/m.png)", f"javascript:fetch('{listener}/n')",
        f"$\\href{{{listener}/o}}{{x}}$", f":red[![r]({listener}/p.png)]", "**bold** *A_1* `code` ~~gone~~", ":red-badge[Firm]", "# Heading", "| a | b |\n|---|---|\n| 1 | 2 |",
        "=1+1", "=HYPERLINK(\"" + listener + "/q\";\"x\")", "+1+1", "-1+1", "@SUM(1+1)", "\t=1+1", "\r=1+1", "x;=1+1", "x,=1+1", "x|=1+1", "%0A=1+1", "=cmd|'/C calc'!A0",
        "\u202eecilA", "{{7*7}}", "${7*7}", "'; DROP TABLE sales; --", "../../etc/passwd", "CON", "\u0000null".replace("\u0000", ""), "A" * 300,
    ]  # fmt: skip


def _csv(rows: list[list[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def sales_file(names: list[str], weeks: int = 60) -> bytes:
    """Sales of every name each week; names stand as product, family, channel, customer and order as well."""
    start = datetime.date(2024, 1, 1)
    rows: list[list[object]] = [
        ["order_number", "date", "sku", "quantity", "unit_price", "channel", "customer"]
    ]
    for k, name in enumerate(names):
        for week in range(weeks):
            day = start + datetime.timedelta(days=7 * week + k % 5)
            rows.append(
                [
                    f"{name}-{week}",
                    day.isoformat(),
                    name,
                    1 + (k * 7 + week * 3) % 6,
                    20 + k,
                    names[(k + week) % 2],
                    names[(k + 3 * week) % len(names)],
                ]
            )
    return _csv(rows)


def items_file(names: list[str]) -> bytes:
    """Costs, families and stock of every name."""
    rows: list[list[object]] = [
        [
            "sku",
            "name",
            "family",
            "unit_cost",
            "on_hand",
            "component_lead_days",
            "production_days",
            "setup_cost",
        ]
    ]
    for k, name in enumerate(names):
        rows.append([name, names[(k + 1) % len(names)], names[(k + 2) % 4], 8 + k % 9, 10 * k, 14 + k, 5, 3])
    return _csv(rows)
