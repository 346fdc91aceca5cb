"""Bill of materials: each product's bought parts over all levels, which products share them, and what that means for assembling to order.

One concept: parts of products over all levels and what follows from sharing them. Families and kits are read
off the exploded parts, and the fields of the items off both; none is used without the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import IntakeReport
from analytics.data.items.bom_file import BillOfMaterials
from analytics.demand.from_sales.derived import examples
from analytics.errors import Problem
from analytics.items import ASSUMED, CONFIRMED, DERIVED, GIVEN, Items
from analytics.naming.labels import percent_text
from analytics.naming.what_ifs import PART_COST, WhatIf, moved_by

__all__ = [
    "LEAST_SHARED",
    "ProductParts",
    "component_families",
    "explode",
    "product_parts",
    "with_part_costs",
    "with_parts",
]

#: Products form a component family while the parts common to all of them make at least this share of each one's parts.
LEAST_SHARED = 0.8


@dataclass(frozen=True, eq=False)
class ProductParts:
    """Bought parts of every product, as triples over `product` (position in `skus`), `part` (position in `parts`), `quantity` per unit.

    `part_cost` and `part_lead_days` (parts,) are what the items file knows of a part (NaN: nothing). `levels` (products,) counts
    the levels below a product (0: no bill of materials). `family` (products,) is the component family (-1: none), `kit`
    (families) the parts common to all its members with the least quantity each uses. `by_value` (products,) says whether
    all its parts have a cost. `problems` name products that cannot be used, `notes` are for the screen.
    """

    skus: NDArray[Any]
    parts: NDArray[Any]
    product: NDArray[np.int64]
    part: NDArray[np.int64]
    quantity: NDArray[np.float64]
    part_cost: NDArray[np.float64]
    part_lead_days: NDArray[np.float64]
    levels: NDArray[np.int64]
    family: NDArray[np.int64]
    kit: tuple[Mapping[int, float], ...]
    by_value: NDArray[np.bool_]
    report: IntakeReport
    notes: tuple[str, ...]

    def of(self, product: int) -> dict[int, float]:
        """Parts of one product: position of the part -> quantity per unit."""
        mine = slice(*np.searchsorted(self.product, (product, product + 1)))
        return dict(zip(self.part[mine].tolist(), self.quantity[mine].tolist(), strict=True))


def _children(bom: BillOfMaterials) -> dict[int, list[tuple[int, float]]]:
    below: dict[int, list[tuple[int, float]]] = {}
    for a, b, q in zip(bom.parent.tolist(), bom.component.tolist(), bom.quantity.tolist(), strict=True):
        below.setdefault(a, []).append((b, q))
    return below


def _cycle(
    start: int, below: Mapping[int, list[tuple[int, float]]], resolved: Mapping[int, Any]
) -> list[int]:
    """The cycle that a code reaches: codes in order, the first repeated at the end."""
    seen: dict[int, int] = {}
    path: list[int] = []
    node = start
    while node not in seen:
        seen[node] = len(path)
        path.append(node)
        node = next(child for child, _ in below[node] if child not in resolved)
    return [*path[seen[node] :], node]


def explode(
    bom: BillOfMaterials, skus: NDArray[Any], bought: frozenset[str] = frozenset()
) -> tuple[dict[int, dict[int, float]], dict[int, int], list[Problem]]:
    r"""Every product's bought parts, all levels multiplied out: the parts that nothing goes into, or that are in `bought`.

    Formula: parts(p) = sum over components c of quantity(p, c) x parts(c); a part that is bought is its own. Units of the part per unit
    of the product. Returns, by position in `bom.codes`, the parts of each product of `skus` that has any and its number of levels, and a
    problem for each product whose structure contains itself or whose quantities grow beyond any bound; the others go on.
    Source: definition (bill of materials explosion).

    >>> from analytics.data import read_bom
    >>> bom = read_bom(b"parent,component,quantity\nbike,wheel,2\nbike,bell,1\nwheel,spoke,32\n")
    >>> parts, levels, problems = explode(bom, np.array(["bike"], object))
    >>> {str(bom.codes[k]): q for k, q in parts[1].items()}, levels, problems
    ({'bell': 1.0, 'spoke': 64.0}, {1: 2}, [])
    """
    below = {a: links for a, links in _children(bom).items() if str(bom.codes[a]) not in bought}
    where = {str(code): i for i, code in enumerate(bom.codes)}
    tops = [where[str(s)] for s in skus if where.get(str(s), -1) in below]
    needed: set[int] = set(tops)
    queue = list(needed)
    above: dict[int, list[int]] = {}
    open_links: dict[int, int] = {}
    while queue:
        node = queue.pop()
        open_links[node] = len(below.get(node, ()))
        for child, _ in below.get(node, ()):
            above.setdefault(child, []).append(node)
            if child not in needed:
                needed.add(child)
                queue.append(child)
    parts: dict[int, dict[int, float]] = {}
    levels: dict[int, int] = {}
    ready = sorted(node for node in needed if open_links[node] == 0)
    while ready:
        node = ready.pop()
        links = below.get(node, [])
        total: dict[int, float] = {} if links else {node: 1.0}
        for child, quantity in links:
            for part, amount in parts[child].items():
                total[part] = total.get(part, 0.0) + quantity * amount
        parts[node], levels[node] = total, 1 + max((levels[child] for child, _ in links), default=-1)
        for parent in above.get(node, ()):
            open_links[parent] -= 1
            if open_links[parent] == 0:
                ready.append(parent)
    problems = []
    good: dict[int, dict[int, float]] = {}
    for top in dict.fromkeys(tops):
        name = str(bom.codes[top])
        if top not in parts:
            ring = _cycle(top, below, parts)
            found = " > ".join(str(bom.codes[k]) for k in ring[:6]) + (" > ..." if len(ring) > 6 else "")
            words, remedy = (
                f"the bill of materials of {name} contains itself",
                "remove the link that closes the circle; this product is not assembled to order until then",
            )
            problems.append(
                Problem("bom_cycle", words, remedy, None, "component", found, "no product below itself")
            )
        elif not all(np.isfinite(q) for q in parts[top].values()):
            words = f"the quantities below {name} multiply to more than any number"
            problems.append(
                Problem(
                    "bom_quantity",
                    words,
                    "correct the quantities per parent",
                    None,
                    "quantity",
                    "infinite",
                    "a finite number of parts per unit",
                )
            )
        else:
            good[top] = parts[top]
    return good, {k: levels[k] for k in good}, problems


def component_families(
    parts: list[dict[int, float]], weights: list[dict[int, float]]
) -> tuple[list[int], list[dict[int, float]]]:
    """Which products can be finished from one kit of common parts, and the kit.

    Products are taken in their order; each joins the family whose kit (the parts common to all members, at the least quantity) keeps the
    largest share of every member's parts, as long as that is at least LEAST_SHARED; else it opens a new family.
    `weights` hold, per product, the weight of one unit of each part. Returns the family of each product and the kits.
    A heuristic of our own: one family has one kit, so products that share little are not forced together.

    >>> component_families([{1: 1.0, 2: 1.0}, {1: 1.0, 3: 1.0}, {4: 1.0}], [{1: 9.0, 2: 1.0}, {1: 9.0, 3: 2.0}, {4: 1.0}])
    ([0, 0, 1], [{1: 1.0}, {4: 1.0}])
    """
    kits: list[dict[int, float]] = []
    members: list[list[int]] = []
    holders: dict[int, set[int]] = {}
    family: list[int] = []
    whole = [sum(w[k] * q for k, q in own.items()) for own, w in zip(parts, weights, strict=True)]

    def share(kit: Mapping[int, float], who: int) -> float:
        return sum(weights[who][k] * q for k, q in kit.items()) / whole[who]

    for who, own in enumerate(parts):
        best, best_share, best_kit = -1, LEAST_SHARED, {}
        for f in sorted({f for part in own for f in holders.get(part, ())}):
            kit = {k: min(q, own[k]) for k, q in kits[f].items() if k in own}
            if kit == kits[f]:  # members keep their shares
                least = min(share(kit, who), share(kit, members[f][0]))
            else:
                least = min(share(kit, m) for m in [*members[f], who])
            if least > best_share or (best < 0 and least == LEAST_SHARED):
                best, best_share, best_kit = f, least, kit
        if best < 0:
            best, best_kit = len(kits), dict(own)
            kits.append({})
            members.append([])
        for part in kits[best].keys() - best_kit.keys():
            holders[part].discard(best)
        for part in best_kit:
            holders.setdefault(part, set()).add(best)
        kits[best] = best_kit
        members[best].append(who)
        members[best].sort(key=lambda m: share(kits[best], m))
        family.append(best)
    return family, kits


def product_parts(
    bom: BillOfMaterials, skus: NDArray[Any], given: Items | None, live: NDArray[np.bool_]
) -> ProductParts:
    """Parts, component families and kits of a portfolio.

    `skus` (sorted) are the products sold, `given` the items file (costs and lead times of parts, what is bought in), `live` (products,) whether
    a product still sells: ended ones have parts but join no family. Costs count only for products all of whose parts have one.
    """
    known = {str(s): i for i, s in enumerate(given.skus)} if given is not None else {}
    bought = frozenset(str(s) for s in given.skus[given["make"] == 0.0]) if given is not None else frozenset()
    exploded, depth, problems = explode(bom, skus, bought)
    where = {str(code): i for i, code in enumerate(bom.codes)}
    position = {where[str(s)]: i for i, s in enumerate(skus) if where.get(str(s), -1) in exploded}
    used = sorted({part for own in exploded.values() for part in own})
    number = {part: k for k, part in enumerate(used)}
    names = bom.codes[used] if used else np.empty(0, object)
    at = np.array([known.get(str(name), -1) for name in names], np.int64)

    def of_parts(field: str) -> NDArray[np.float64]:
        if given is None:
            return np.full(len(names), np.nan)
        column = np.asarray(given[field], np.float64)
        return np.where(at >= 0, column[np.maximum(at, 0)], np.nan)

    cost = of_parts("unit_cost")
    products = sorted(position.values())
    code_of = {i: code for code, i in position.items()}
    lists = [{number[k]: exploded[code_of[i]][k] for k in sorted(exploded[code_of[i]])} for i in products]
    priced = [all(np.isfinite(cost[k]) for k in own) for own in lists]
    weights = [
        {k: float(cost[k]) if by_value else 1.0 / q for k, q in own.items()}
        for own, by_value in zip(lists, priced, strict=True)
    ]
    joined = [j for j, i in enumerate(products) if live[i]]
    codes, kits = component_families([lists[j] for j in joined], [weights[j] for j in joined])
    family = np.full(len(skus), -1, np.int64)
    family[[products[j] for j in joined]] = codes
    levels = np.zeros(len(skus), np.int64)
    by_value = np.zeros(len(skus), bool)
    for j, i in enumerate(products):
        levels[i], by_value[i] = depth[code_of[i]], priced[j]
    lengths = [len(own) for own in lists]
    parts = ProductParts(
        skus, names, np.repeat(np.array(products, np.int64), lengths), np.array([k for own in lists for k in own], np.int64),
        np.array([q for own in lists for q in own.values()], float), cost, of_parts("component_lead_days"), levels, family, tuple(kits), by_value, bom.report, (),
    )  # fmt: skip
    notes = _notes(parts, len(products), at if given is not None else None)
    incomplete = {str(bom.codes[k]) for k in bom.incomplete}
    short = np.array([str(s) in incomplete for s in skus], bool)
    if short.any():
        notes.append(
            f"Rows of the bill of materials could not be used for {examples(skus, short)}: their parts are incomplete."
        )
    report = replace(bom.report, problems=(*bom.report.problems, *problems))
    return replace(parts, report=report, notes=tuple(notes))


def _notes(parts: ProductParts, products: int, at: NDArray[np.int64] | None) -> list[str]:
    """What the bill of materials said of so many products, and what it left open, in words.

    `at` (parts,) is each part's place in the items file (-1: not in it; None: there is no such file).
    """
    skus, names, levels, by_value = parts.skus, parts.parts, parts.levels, parts.by_value
    family, cost = parts.family, parts.part_cost
    if not products:
        return ["No product that was sold is a parent in the bill of materials: it changes nothing."]
    sizes = np.bincount(family[family >= 0], minlength=len(parts.kit))
    notes = [
        f"Bill of materials: {products:,} of {len(skus):,} products resolved to {len(names):,} bought parts over up to {int(levels.max())} levels; "
        f"{int((sizes > 1).sum()):,} groups of products can be finished from a kit of common parts."
    ]
    counted = (levels > 0) & ~by_value
    if counted.any():
        notes.append(
            f"Cost of {int(np.isnan(cost).sum()):,} of {len(cost):,} parts unknown: the component share of {examples(skus, counted)} is counted in parts, not in money, "
            "and may be half of that; part costs in the items file sharpen it."
        )
    if at is not None and (at < 0).any():
        notes.append(
            f"In the bill of materials but not in the items file: {examples(names, at < 0)}; taken as bought, cost and lead time unknown."
        )
    return notes


def with_part_costs(
    given: Items | None, parts: ProductParts | None, what_if: Sequence[WhatIf]
) -> tuple[Items | None, ProductParts | None]:
    """What the files would give had all bought parts another cost (None: no such file): the items file, and the parts.

    *Formula*: part cost x (1 + change); unit cost of a product = the one given + change x the sum over its parts of quantity x part cost. Parts without
    a cost, and unit costs that the file does not give, stay unknown. Source: definition.
    """
    change = moved_by(what_if, PART_COST, "", "")
    if parts is None or change == 0.0:
        return given, parts
    moved = replace(parts, part_cost=parts.part_cost * (1.0 + change))
    if given is None or "unit_cost" not in given.values:
        return given, moved
    worth = np.zeros(len(parts.skus))
    np.add.at(worth, parts.product, parts.quantity * np.nan_to_num(parts.part_cost[parts.part]))
    more = {str(sku): change * value for sku, value in zip(parts.skus, worth, strict=True) if value}
    cost = np.asarray(given["unit_cost"], np.float64) + np.array([more.get(str(s), 0.0) for s in given.skus])
    return given.with_field("unit_cost", cost, given.origin("unit_cost")), moved


def with_parts(items: Items, parts: ProductParts) -> tuple[Items, list[str]]:
    """The items with component share, component family and assembly time from the bill of materials.

    Stocked for assembly are the family's kit and those other parts of a product that take longer to buy than it takes to finish; what
    comes faster is bought to order. component share = value of the stocked parts / unit cost (by value, at most 1), or stocked parts / parts
    (counted; its range then starts at half). The family pools the stock; parts outside the kit, at most a fifth, are taken as pooled with it.
    A share that was confirmed, or given in the items file, stays, and where the parts give another one that is said; bought-in products are left alone. A product of
    several levels is finished from bought parts in its production time: an assumed assembly time becomes that.
    """
    make = np.nan_to_num(items["make"], nan=1.0) > 0.0
    whole_time = (
        (parts.levels > 1)
        & make
        & (items.origin("assembly_days") == ASSUMED)
        & np.isfinite(np.asarray(items["production_days"], np.float64))
    )
    quick_low, quick_high = items.range("assembly_days")
    time_low, time_high = items.range("production_days")
    items = items.with_field(
        "assembly_days", np.where(whole_time, items["production_days"], items["assembly_days"]), np.where(whole_time, DERIVED, items.origin("assembly_days")),
        np.where(whole_time, time_low, quick_low), np.where(whole_time, time_high, quick_high),
    )  # fmt: skip
    cost, finish, lead = (
        np.asarray(items[name], np.float64) for name in ("unit_cost", "assembly_days", "component_lead_days")
    )
    share, low = np.full(len(items), np.nan), np.full(len(items), np.nan)
    dear, slow = np.zeros(len(items), bool), np.zeros(len(items), bool)
    for i in np.flatnonzero(parts.family >= 0):
        own, kit = parts.of(int(i)), parts.kit[parts.family[i]]
        late = {
            k: own[k]
            for k, q in own.items()
            if q > kit.get(k, 0.0) and not _days(parts.part_lead_days[k], lead[i]) <= finish[i]
        }
        stocked = {**kit, **late}
        slow[i] = bool(late)
        if parts.by_value[i]:
            held, whole = (sum(parts.part_cost[k] * q for k, q in some.items()) for some in (stocked, own))
            base = cost[i] if np.isfinite(cost[i]) else whole
            dear[i] = whole > base * (1.0 + 1e-9)
            share[i] = low[i] = min(held / max(base, whole), 1.0) if max(base, whole) > 0.0 else 0.0
        else:
            share[i] = sum(q / own[k] for k, q in stocked.items()) / len(own)
            low[i] = 0.5 * share[i]
    known = (parts.family >= 0) & make & (items.origin("component_share") != CONFIRMED)
    stated = np.asarray(items["component_share"], np.float64)
    told = known & (items.origin("component_share") == GIVEN) & np.isfinite(stated)
    differs = told & (np.abs(stated - share) > 0.005)
    own_low, own_high = items.range("component_share")
    new = known & ~told
    items = items.with_field(
        "component_share", np.where(new, share, stated), np.where(new, np.where(parts.by_value, DERIVED, ASSUMED), items.origin("component_share")),
        np.where(new, low, own_low), np.where(new, share, own_high),
    )  # fmt: skip
    texts = np.array(
        [
            f"parts of {parts.skus[np.flatnonzero(parts.family == f)[0]]}" if f >= 0 else ""
            for f in parts.family
        ],
        object,
    )
    said = items.origin("component_family") == GIVEN
    items = items.with_field(
        "component_family",
        np.where((parts.family >= 0) & make & ~said, texts, items["component_family"]),
        np.where(said, GIVEN, np.where(known, DERIVED, 0)),
    )
    notes = list(parts.notes)
    if dear.any():
        notes.append(
            f"Parts cost more than the product itself for {examples(items.skus, dear)}: check unit costs; the component share is at most 1."
        )
    if differs.any():
        k = int(np.argmax(np.where(differs, np.abs(stated - share), -1.0)))
        notes.append(
            f"The component share given for {examples(items.skus, differs)} is not that of the bill of materials, "
            f"most for {items.skus[k]}: {percent_text(float(stated[k]))} given, "
            f"{percent_text(float(share[k]))} by its parts. The one given counts."
        )
    if whole_time.any():
        notes.append(
            f"{examples(items.skus, whole_time)} made over several levels: from a kit of bought parts it takes the production time, not the assembly time assumed."
        )
    if (slow & known).any():
        notes.append(
            f"Some parts of {examples(items.skus, slow & known)} stand outside the common kit and take longer to buy than to finish: they are stocked as well."
        )
    return items, notes


def _days(own: float, general: float) -> float:
    return own if np.isfinite(own) else general
