"""What is not made here: how wishes are read, and the rules they are judged by."""
