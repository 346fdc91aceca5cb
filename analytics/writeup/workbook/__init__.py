"""The workbook that lives: every sheet as cells with formulas and their values, and the bytes they make."""
