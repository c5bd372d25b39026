"""The Bot API's methods, grouped as its reference groups them."""
