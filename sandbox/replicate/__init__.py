"""A local stand-in for Replicate, speaking its HTTP API."""
