"""Fails.

Prints:
    nothing
"""

raise SystemExit("it fails, as it has to")
