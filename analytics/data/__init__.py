"""Reading what people really upload: any usual file in, SalesHistory and Items out, every row used or rejected with a reason."""

from analytics.data.export import safe_cell, safe_frame, sales_frame
from analytics.data.history import IntakeReport, SalesHistory
from analytics.data.items_file import read_items
from analytics.data.sales import read_sales

__all__ = ["IntakeReport", "SalesHistory", "read_items", "read_sales", "safe_cell", "safe_frame", "sales_frame"]
