"""Privacy: new keys for what is sealed, one person's data, and forgetting a person."""
