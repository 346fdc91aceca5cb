"""Files as they are best uploaded: of sales three columns are needed, of items one; every other column replaces an assumption."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

__all__ = ["TEMPLATES", "template_workbook", "workbook_of"]

#: what a file holds -> an example of it as text
TEMPLATES: Mapping[str, str] = {
    "sales": (
        "date,sku,quantity,unit_price,order,customer,channel,promised_date,ship_date\n"
        "2025-01-02,A-100,3,49.90,100001,C-17,web,,2025-01-03\n"
        "2025-01-02,B-200,1,1250.00,100002,C-04,dealer,2025-01-16,2025-01-15\n"
    ),
    "stock": (  # a row a place and lot
        "sku,warehouse,lot,receipt_date,status,on_hand,reserved,on_order,expected_date\n"
        "A-100,North,L-41,2024-12-09,free,80,12,60,2025-01-20\n"
        "A-100,South,L-40,2024-11-04,free,40,,,\nB-200,North,L-42,2024-12-16,blocked,4,,,\n"
    ),
    "items": (
        "sku,name,family,unit_cost,price,make,component_lead_days,production_days,assembly_days,setup_cost,moq,component_share,on_hand,current_mode,one_off_cost\n"
        "A-100,Bottle cage,Accessories,21.50,49.90,0,28,,,15,20,,120,MTS,\n"
        "B-200,Touring 300 blue,Touring,690.00,1250.00,1,35,7,2,40,1,0.6,4,MTO,4000\n"
    ),
    "promotions": "sku,from,to\nA-100,2024-03-04,2024-03-17\nA-100,2025-03-03,2025-03-16\nB-200,2025-05-05,2025-05-18\n",
    "receipts": "date,sku,quantity\n2024-11-04,A-100,120\n2024-12-09,A-100,80\n2024-12-16,B-200,4\n",
    "bom": "parent,component,quantity\nA-100,ALU-TUBE,1\nA-100,BOLT-M5,2\nB-200,FRAME-TOURING,1\nB-200,WHEEL-28,2\nWHEEL-28,SPOKE,32\n",
}

_NUMBER = re.compile(r"^-?(?:0|[1-9]\d*)(?:\.\d+)?$")
_DRAWN = (1980, 1, 1, 0, 0, 0)
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKED = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def template_workbook() -> bytes:
    """One workbook with sheets for sales, items, stock, receipts, promotions and bill of materials: what the files would hold, read alike.

    >>> template_workbook()[:2]
    b'PK'
    """
    items = _rows(TEMPLATES["items"])
    left_out = items[0].index("on_hand")
    sheets = {
        "Sales": _rows(TEMPLATES["sales"]),
        "Items": [[cell for i, cell in enumerate(row) if i != left_out] for row in items],
        "Stock": _rows(TEMPLATES["stock"]),
        "Receipts": _rows(TEMPLATES["receipts"]),
        "Promotions": _rows(TEMPLATES["promotions"]),
        "Bill of materials": _rows(TEMPLATES["bom"]),
    }
    return workbook_of(sheets)


def workbook_of(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """Rows of text as the sheets of an .xlsx workbook, numbers as numbers; the same bytes at any time."""
    names = list(sheets)
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    places = range(1, len(names) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{k}.xml" ContentType="{_SHEET}.worksheet+xml"/>'
        for k in places
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKED}"><Relationship Id="r1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{k}" r:id="r{k}"/>'
            for k, name in zip(places, names, strict=True)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKED}">'
        + "".join(
            f'<Relationship Id="r{k}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{k}.xml"/>'
            for k in places
        )
        + "</Relationships>",
    }
    for k, rows in zip(places, sheets.values(), strict=True):
        body = "".join(
            f'<row r="{r}">' + "".join(_cell(cell) for cell in row) + "</row>"
            for r, row in enumerate(rows, 1)
        )
        files[f"xl/worksheets/sheet{k}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'
        )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, _DRAWN), head + text, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _cell(text: str) -> str:
    if _NUMBER.match(text):
        return f"<c><v>{text}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>' if text else "<c/>"
