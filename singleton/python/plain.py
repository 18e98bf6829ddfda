"""Row 8: plain objects have different addresses, while both are alive.

Prints:
    two objects: is False, same id False
    one after the other: the same id [..]
"""


class Config:
    pass


def main():
    one, other = Config(), Config()
    print(f"two objects: is {one is other}, same id {id(one) == id(other)}")
    # An id is an address: the second object may lie where the first one was.
    print("one after the other: the same id", id(Config()) == id(Config()))


if __name__ == "__main__":
    main()
