"""From a photo or words to an order, its progress and its Stop."""
