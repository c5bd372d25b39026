"""What goes out and comes in, as JSON."""
