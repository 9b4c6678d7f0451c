"""Money: rule files, the grants they give, and the ledger that keeps every fen."""
