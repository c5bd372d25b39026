"""Support for what was paid: whom to write to, money back by a press, and the cases that an admin decides."""
