"""Access: who may see what; accounts, sessions, scope and masks."""
