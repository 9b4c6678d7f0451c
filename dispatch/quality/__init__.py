"""Quality: call-backs, complaints, seeded random audits, and what they add up to."""
