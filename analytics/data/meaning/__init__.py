"""What a row is: states, movements, marks, places and services, every value shown with its treatment."""
