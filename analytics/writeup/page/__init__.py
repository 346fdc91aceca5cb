"""A page to send as bytes: findings in one HTML file that asks for nothing, with charts as vector pictures."""
