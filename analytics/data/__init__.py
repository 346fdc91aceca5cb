"""Reading what people really upload: any usual file in, SalesHistory and Items out, every row used or rejected with a reason."""

from analytics.data.export import safe_cell, sales_frame
from analytics.data.history import IntakeReport, SalesHistory
from analytics.data.items.bom_file import BillOfMaterials, read_bom
from analytics.data.items.items_file import read_items
from analytics.data.lines.line_kinds import Choices
from analytics.data.reading_report import check_report, checked
from analytics.data.reconcile import Reconciliation, reconcile
from analytics.data.sales import read_sales
from analytics.data.templates import TEMPLATES, template_workbook

__all__ = [
    "TEMPLATES",
    "BillOfMaterials",
    "Choices",
    "IntakeReport",
    "Reconciliation",
    "SalesHistory",
    "check_report",
    "checked",
    "read_bom",
    "read_items",
    "read_sales",
    "reconcile",
    "safe_cell",
    "sales_frame",
    "template_workbook",
]
