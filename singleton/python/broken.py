"""Row 8: copy, deepcopy, pickle and fork make a second one; two ways to stop the first three.

Prints:
    copy.copy: another one
    copy.deepcopy: another one
    pickle: another one
    with __reduce__: the same, the same, the same
    with a __new__ that remembers: the same, the same, the same
    fork: the child's change is not the parent's: True
"""
import copy
import multiprocessing
import pickle


class Config:
    def __init__(self):
        self.setting = 1


CONFIG = Config()


class Named(Config):
    def __reduce__(self):
        return "NAMED"  # what is copied or pickled is the name of the global


NAMED = Named()


class Remembered(Config):
    one = None

    def __new__(cls):  # what copies and unpickles calls it as well
        if cls.one is None:
            cls.one = super().__new__(cls)
        return cls.one


def change():
    CONFIG.setting = 2


def main():
    ways = {"copy.copy": copy.copy, "copy.deepcopy": copy.deepcopy}
    ways["pickle"] = lambda one: pickle.loads(pickle.dumps(one))
    for name, way in ways.items():
        print(f"{name}:", "the same" if way(CONFIG) is CONFIG else "another one")
    for name, one in ("__reduce__", NAMED), ("a __new__ that remembers", Remembered()):
        same = ("the same" if way(one) is one else "another one" for way in ways.values())
        print(f"with {name}:", ", ".join(same))
    child = multiprocessing.get_context("fork").Process(target=change)
    child.start()
    child.join(timeout=60)
    print("fork: the child's change is not the parent's:", CONFIG.setting == 1)


if __name__ == "__main__":
    main()
