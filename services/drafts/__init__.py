"""What a person is composing before they order it, one press at a time."""
