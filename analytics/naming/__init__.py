"""What pages and files call things: labels, scales, figures and their formulas."""
