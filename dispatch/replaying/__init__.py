"""Days that others wrote, replayed through the product with its own clock."""
