"""What the product does: one operation is one method is one transaction. Shared by bot, API and workers."""
