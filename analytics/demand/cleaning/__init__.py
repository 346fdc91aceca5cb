"""Layers that take one-offs and promotions out of the panel the forecast is fitted on."""
