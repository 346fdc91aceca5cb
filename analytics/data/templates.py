"""Files as they are best uploaded: of sales three columns are needed, of items one; every other column replaces an assumption."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["TEMPLATES"]

#: what a file holds -> an example of it as text
TEMPLATES: Mapping[str, str] = {
    "sales": (
        "date,sku,quantity,unit_price,order,customer,channel,promised_date,ship_date\n"
        "2025-01-02,A-100,3,49.90,100001,C-17,web,,2025-01-03\n"
        "2025-01-02,B-200,1,1250.00,100002,C-04,dealer,2025-01-16,2025-01-15\n"
    ),
    "items": (
        "sku,name,family,unit_cost,price,make,component_lead_days,production_days,assembly_days,setup_cost,moq,component_share,on_hand,current_mode\n"
        "A-100,Bottle cage,Accessories,21.50,49.90,0,28,,,15,20,,120,MTS\n"
        "B-200,Touring 300 blue,Touring,690.00,1250.00,1,35,7,2,40,1,0.6,4,MTO\n"
    ),
    "bom": "parent,component,quantity\nA-100,ALU-TUBE,1\nA-100,BOLT-M5,2\nB-200,FRAME-TOURING,1\nB-200,WHEEL-28,2\nWHEEL-28,SPOKE,32\n",
}
