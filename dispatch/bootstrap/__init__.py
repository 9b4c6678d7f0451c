"""Makes what a fresh checkout lacks: environment, pages, tools of the tests.

Standard library only, and every word goes to standard error: standard output
belongs to the command's own result.
"""
