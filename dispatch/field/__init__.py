"""The field: what helpers' phones say, merged; and the evidence computed from it."""
