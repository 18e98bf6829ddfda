"""Row 5: a Lock may not be nested; it knows no owner, and no value that is half done.

Prints:
    acquired by main: True
    acquired by main again, within 50 ms: False
    released by another thread, locked: False
    free after an exception: True, and the sum is 60, not 100
"""
import threading


def main():
    lock = threading.Lock()
    print("acquired by main:", lock.acquire())
    print("acquired by main again, within 50 ms:", lock.acquire(timeout=0.05))

    other = threading.Thread(target=lock.release)
    other.start()
    other.join()
    print("released by another thread, locked:", lock.locked())

    accounts = {"a": 100, "b": 0}
    try:
        with lock:
            accounts["a"] -= 40
            raise ValueError("before b gets them")
    except ValueError:
        pass  # the lock is not poisoned: no thread is told
    free = lock.acquire(blocking=False)
    print(f"free after an exception: {free}, and the sum is {sum(accounts.values())}, not 100")


if __name__ == "__main__":
    main()
