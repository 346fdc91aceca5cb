"""Where the table lies in a sheet, and its rows."""
