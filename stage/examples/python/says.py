"""Prints what it says.

Prints:
    6 times 7 is 42
    [..] varies
"""

import os

print("6 times 7 is", 6 * 7)
print(os.getpid(), "varies")
