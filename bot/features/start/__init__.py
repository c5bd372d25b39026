"""Registration, the main menu, and the way back to it."""
