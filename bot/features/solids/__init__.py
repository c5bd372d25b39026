"""Solids: a figure made of a picture or of words, to be turned and printed."""
