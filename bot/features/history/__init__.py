"""The gallery: one picture a page."""
