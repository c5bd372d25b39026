"""The AI vendors behind one protocol; only workers import them."""
