"""A team on one server: its companies, the people of each, and what each person may see and do."""
