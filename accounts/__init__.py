"""Who uses the product: people, their roles, their API tokens."""
