"""Row 14: a lambda is refused when it is pickled, and not when it is submitted.

Prints:
    submitted
    its future: it cannot be pickled
    the pool goes on: True
"""
import multiprocessing
import os
import pickle
from concurrent.futures import ProcessPoolExecutor


def main():
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
        future = pool.submit(lambda: 1)
        print("submitted")
        error = future.exception(timeout=20)
        if isinstance(error, (pickle.PicklingError, AttributeError)):
            print("its future: it cannot be pickled")
        print("the pool goes on:", pool.submit(os.getpid).result(timeout=20) != os.getpid())


if __name__ == "__main__":
    main()
