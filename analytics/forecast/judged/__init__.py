"""How good forecasts were at past dates."""
