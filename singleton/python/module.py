"""Row 8: a module is imported once, whichever thread asks first; eager and lazy.

Prints:
    eager: built at import, 1 by 5 threads
    lazy: 0 built at import, 1 by 5 threads
"""
import importlib
import pathlib
import sys
import tempfile
import threading

EAGER = """
built = []
class Config:
    def __init__(self): built.append(self)
config = Config()
"""
LAZY = """
import threading
built, lock = [], threading.Lock()
class Config:
    def __init__(self): built.append(self)
def __getattr__(name):  # of the module, PEP 562: called while there is no such name
    if name != "config": raise AttributeError(name)
    with lock:
        if "config" not in globals(): globals()["config"] = Config()
    return globals()["config"]
"""


def by_five_threads(name):
    together = threading.Barrier(5)

    def ask():
        together.wait(timeout=60)
        importlib.import_module(name).config

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return f"{len(sys.modules[name].built)} by 5 threads"


def main():
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        for name, text in ("eager_config", EAGER), ("lazy_config", LAZY):
            pathlib.Path(folder, name + ".py").write_text(text)
        print("eager: built at import,", by_five_threads("eager_config"))
        lazy = importlib.import_module("lazy_config")
        print(f"lazy: {len(lazy.built)} built at import,", by_five_threads("lazy_config"))


if __name__ == "__main__":
    main()
