"""Valuation: stock on hand in the firm's own figures, and how it runs down to what is planned."""
