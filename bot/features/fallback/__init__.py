"""Whatever no other feature understood."""
