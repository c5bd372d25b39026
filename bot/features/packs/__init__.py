"""Packs: themes, what is ordered of them, what was made, and the ZIP files that carry it away."""
