"""Promo codes: a word that brings tokens."""
