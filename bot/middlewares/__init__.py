"""What surrounds every handler: who is speaking, in which language, what went wrong, what was pressed."""
