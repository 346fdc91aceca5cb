"""Finished charts that pages and files share: a table in, a chart out; nothing is computed and nothing is shown."""
