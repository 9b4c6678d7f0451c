"""Anomalies (疑点): what the rules AN01 to AN16 find, held for a person to decide."""
