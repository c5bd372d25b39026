"""What was made: pictures with their marks, and packs."""
