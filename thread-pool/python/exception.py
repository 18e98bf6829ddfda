"""Row 7: a worker survives an exception, which nobody hears of unless the future is asked.

Prints:
    the same worker runs the next task: True
    asked: ZeroDivisionError
"""
import threading
from concurrent.futures import ThreadPoolExecutor


def main():
    with ThreadPoolExecutor(max_workers=1) as pool:
        before = pool.submit(threading.get_ident).result()
        failed = pool.submit(lambda: 1 // 0)  # nothing is printed
        after = pool.submit(threading.get_ident).result()
        print("the same worker runs the next task:", before == after)
        print("asked:", type(failed.exception()).__name__)


if __name__ == "__main__":
    main()
