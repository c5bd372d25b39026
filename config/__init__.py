"""How the house is set up on this machine: settings, logging, and the launcher that starts it."""

VERSION = "0.1.0"
