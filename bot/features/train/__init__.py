"""A model of the person's own: leave to use photos, the photos, what is wrong with them, a description, the order."""
