"""Terms, privacy, support: what is promised, in the words of the settings."""
