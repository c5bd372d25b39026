"""What a person can set: the language."""
