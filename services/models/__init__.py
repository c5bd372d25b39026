"""Personal models: their names, versions, statistics and weights, and their copies at vendors."""
