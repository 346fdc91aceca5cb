"""Figures in, bytes out: the files, the workbook and the pages that are taken away."""
