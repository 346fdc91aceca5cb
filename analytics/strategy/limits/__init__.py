"""The choice under limits that all products share."""
