"""The counter: who comes, who has paid, who did not come."""
