"""Where requests come in: Replicate's `/v1`, its file host, and the tests' `/sim`."""
