"""Local stand-ins for the outside world; only tests and `run.sh` start them."""
