"""Slides as bytes: findings placed on slides with native charts, in the house's look or on a company's own template."""
