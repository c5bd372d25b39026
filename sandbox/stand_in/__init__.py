"""What stand-ins share, whoever they stand in for: they serve only this machine, stop at once and keep their state."""
