"""Our own search: insertion for any size, then ruin and recreate."""
