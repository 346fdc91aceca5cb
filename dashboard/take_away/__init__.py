"""What a person takes from a study into a system of planning, or into the day."""
