"""What a person can set: the language; and the way to their data."""
