"""What a line is worth and whether it can be used: kind, amounts, revenue, reasons of rejection."""
