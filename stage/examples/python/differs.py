"""Prints something else than it says.

Prints:
    6 times 7 is 42
"""

print("6 times 7 is", 6 * 8)
