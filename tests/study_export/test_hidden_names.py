"""Names hidden: no name is left in any file that is taken away, however short it is, and no sentence is garbled by one that could be a word."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from functools import cache

from analytics.study import Study
from analytics.study_export.hidden_names import anonymous_study, hidden_policy, made_up_names, renamed
from analytics.study_export.writers import WRITERS, Taken, written
from analytics.study_results import study_summary, study_tables
from analytics.study_stock.parts import stock_parts
from analytics.writeup.files import study_files
from analytics.writeup.register import NOTHING_SAID
from tests.writeup.workbook.company import POLICY, company

#: Every kind of sentence that names something, with A1, A2, A3, lamps and tables in the places of names.
SENTENCES = (
    "17 of 5,000 products in the items file were never sold in the sales file (A1, A2, A3, ...): left out of the decision.",
    "2 products (A2, A3) sold nothing from 2024-12-29 to 2025-12-28: the price is their own of before.",
    "Margin differs by +3.00 (12 %) between the costs of the lines and of the items: most for A1 +3.00, A2 -1,203.50.",
    "Prices differ between channels for 12 products, most for A3: lamps 1.20, tables 3.00; mixed by what each sold 2.00.",
    "Channel lamps (12 % of its last year's sales) has sold nothing since 2024-12-03: it is left as it is.",
    "Data of channel tables end on 2024-12-03, 4 weeks before the others'; 3 to 12 products are no more.",
    "Models change on the same day every year in lamps (1 July: 3 of 4 ends), tables (3 May: 3 of 12 ends): that is taken.",
    "Assumptions are stated for the product A1, A3, not in these files: left out.",
    "A2 is marked but has ended: nothing to decide.",
    "Hours are stated for A1, which is no product and no family of these files: left out.",
    "Orders of lamps are made to order.",
    "How much is ordered at once is assumed for 15 products, for instance 1.73 units of A2 (between 1 and 3). State it; 3 units of 12 products are.",
    "5 of 12 orders are of A3, and 3 are needed to tell at 7 or 12 a week.",
)
_SKUS = ("A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4", "C1", "C2", "C3", "D1", "D2", "D3", "Z9")
#: Names that could be numbers or words of a sentence, in order, and those of products.
_SHORT = ("1", "12", "3", "4", "5", "7", "9", "Ab", "by", "g", "is", "no", "of", "s", "to")
_CALLED = ("at", "be", "do", "go", "he", "if", "in", "it", "me", "my", "on", "or", "so", "up", "we")


def _names(short: bool) -> dict[str, str]:
    skus = _SHORT if short else tuple(f"Quartz-{k:03d}" for k in range(15))
    called = _CALLED if short else tuple(f"Feldspar lamp {k:03d}" for k in range(15))
    families = ("7a", "x") if short else ("Basalt", "Granite")
    labels = [
        str(name) or str(sku) for name, sku in zip(company().items["name"], company().items.skus, strict=True)
    ]
    listed = company().given_items
    assert listed is not None
    labels += [str(one) for one in listed["name"] if str(one) not in labels]
    return dict(zip(_SKUS, skus, strict=True)) | dict(zip(labels, called, strict=True)) | dict(zip(("lamps", "tables"), families, strict=True))  # fmt: skip


@cache
def named(short: bool) -> Study:
    """The company with every kind of sentence, under names that are easy or hard to tell from words."""
    study = replace(company(), notes=(*company().notes, *SENTENCES))
    found: Study = renamed(study, _names(short))
    return found


def files_of(study: Study) -> dict[str, bytes]:
    """Every file that is taken away of a study with its names hidden, those of analyze among them."""
    shown, policy = anonymous_study(study), hidden_policy(renamed(POLICY, {}), made_up_names(study))
    taken = Taken(shown, policy, NOTHING_SAID, stock_parts(shown, policy), moves=(), unseen="")
    kinds = [kind for kind in WRITERS if kind != "pdf"]  # printed from the page
    tables = study_tables(shown, policy, NOTHING_SAID, stock=taken.stock)
    made = {name: make() for name, make in study_files(tables, lambda: study_summary(shown, policy)).items()}
    return {kind: written(kind, taken) for kind in kinds} | made


def texts(content: bytes) -> bytes:
    """What a file says, packed or not."""
    if content[:2] != b"PK":
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return b"".join(packed.read(name) for name in packed.namelist())


def test_no_file_holds_a_name_and_short_ones_are_hidden_like_long_ones() -> None:
    """No long name in any byte; and byte for byte the same files where every name could be a number or a word: none is left, and no word of a sentence is taken for one."""
    plain, short = files_of(named(False)), files_of(named(True))
    for name, content in plain.items():
        said = texts(content)
        found = [
            one
            for one in ("Quartz", "Feldspar", "Basalt", "Granite", "sales.csv", "items.csv")
            if one.encode() in said
        ]
        assert not found, (name, found)
    assert len(plain) > 20 and b"(P-001, P-002, P-003, ...)" in texts(plain["xlsx"])
    assert [name for name in plain if plain[name] != short[name]] == []
