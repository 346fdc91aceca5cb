"""How the products are run today."""
