"""One picture, and all that can be done with it."""
