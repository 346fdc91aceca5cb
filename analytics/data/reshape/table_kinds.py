"""What a table holds, by its columns: sales, a list of items or of stock, or a bill of materials."""

from __future__ import annotations

from analytics.data.columns.column_look import look
from analytics.data.columns.column_roles import map_sales_columns
from analytics.data.layout.raw_table import RawTable
from analytics.data.periods.columns_of_periods import spelled_names
from analytics.data.reshape.one_column_per_period import wide_columns
from analytics.data.told import Told
from analytics.data.values.header_names import BOM_NAMES, normal_name, role_of_name

__all__ = ["ANY_DAY", "is_stock_list", "kind_of"]

#: names that mean a component whatever else the file holds; "item" or "part" may be a product sold
_COMPONENT = frozenset(
    "component|component sku|child|child sku|component item|component part|component material|child item|component id|child id|komponente|unterteil|bauteil|einzelteil"
    "|komponentennummer|composant|article composant|componente|hijo|articulo componente|componente figlio|onderdeel".split(
        "|"
    )
)


#: what only a list of items says of a product
_OF_ITEMS = frozenset(
    "unit_cost price make lead_time_days component_lead_days production_days assembly_days family category setup_cost current_mode".split()
)


def kind_of(table: RawTable) -> str:
    """What a table holds: sales, items, stock (a list of what is on hand, of products known elsewhere) or bom (a bill of materials).

    In doubt it is sales, whose reader says what is missing.

    A bill of materials names a parent, a component and a quantity; sales have a date and a quantity, or a column per period;
    items have a product code and some attribute of a product, such as a cost or a lead time.
    """
    names = [normal_name(name) for name in table.names]
    if _COMPONENT & set(names) and all(
        set(BOM_NAMES[role].split("|")) & set(names) for role in ("parent", "quantity")
    ):
        return "bom"
    roles = map_sales_columns(table.names, table.columns, None, by_content=False).role
    if wide_columns(spelled_names(table, None).names, Told()) is not None or {"date", "quantity"} <= set(
        roles
    ):
        return "sales"
    known = [role_of_name(name, items=True)[0] for name in table.names]
    days = {role for role in known if role.endswith("_date")}
    if "on_order" not in known:
        days.discard("arrival_date")  # a due date alone is that of a customer's order
    if any(
        look(column).dates > 0.9
        for role, column in zip(known, table.columns, strict=True)
        if role not in days
    ):
        return "sales"
    found = set(known) - {""}
    if "sku" not in found or len(found) < 2:
        return "sales"
    return "stock" if "on_hand" in found and not found & _OF_ITEMS else "items"


#: Names of a day that sales have as well.
ANY_DAY = frozenset("date datum fecha data".split())
#: What only sales say of a line.
_OF_SALES = frozenset({"customer", "order", "channel", "promised", "shipped", "discount"})


def is_stock_list(table: RawTable) -> bool:
    r"""Whether a table with a quantity is a list of stock: its day is that of a count or a snapshot, or it names lots, and nothing of it is of sales.

    >>> from analytics.data.files.source import open_source
    >>> from analytics.data.files.table import read_table
    >>> [is_stock_list(read_table(open_source(text)[0])) for text in (b"as_of,sku,quantity\n2024-07-15,A,3\n", b"date,sku,quantity\n2024-07-15,A,3\n")]
    [True, False]
    """
    days = [
        name
        for name in table.names
        if role_of_name(name, items=True)[0] == "stock_date" and normal_name(name) not in ANY_DAY
    ]
    known = {role_of_name(name, items=True)[0] for name in table.names}
    lots = {"lot", "receipt_date"} <= known  # what came in on a day and is still there, lot by lot
    roles = map_sales_columns(table.names, table.columns, None, by_content=False).role
    return (bool(days) or lots) and {"sku", "quantity"} <= set(roles) and not _OF_SALES & set(roles)
