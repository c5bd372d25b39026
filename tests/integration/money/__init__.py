"""Money: payments, refunds, rewards, and the books that add up."""
