"""Row 8: copy, deepcopy, pickle and fork make a second one; `__reduce__` stops the first three.

Prints:
    copy.copy: another one
    copy.deepcopy: another one
    pickle: another one
    with __reduce__: the same, the same, the same
    fork: the child's change is not the parent's: True
"""
import copy
import multiprocessing
import pickle


class Config:
    def __init__(self):
        self.setting = 1


CONFIG = Config()


def instance():
    return NAMED


class Named(Config):
    def __reduce__(self):
        return instance, ()  # what is copied or pickled is the way to get at it


NAMED = Named()


def by_pickle(one):
    return pickle.loads(pickle.dumps(one))


def change():
    CONFIG.setting = 2


def main():
    ways = {"copy.copy": copy.copy, "copy.deepcopy": copy.deepcopy, "pickle": by_pickle}
    for name, way in ways.items():
        print(f"{name}:", "the same" if way(CONFIG) is CONFIG else "another one")
    same = ("the same" if way(NAMED) is NAMED else "another one" for way in ways.values())
    print("with __reduce__:", ", ".join(same))
    child = multiprocessing.get_context("fork").Process(target=change)
    child.start()
    child.join(timeout=60)
    print("fork: the child's change is not the parent's:", CONFIG.setting == 1)


if __name__ == "__main__":
    main()
