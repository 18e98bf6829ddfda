"""Row 5: an RLock may be nested by its owner, and by no other thread; it does not protect its
owner from itself.

Prints:
    acquired three times: [True, True, True]
    another thread may acquire it: False
    another thread may release it: False
    released three times, another thread may acquire it: True
    a loop that removes each number leaves [2, 4]
"""
import threading
from concurrent.futures import ThreadPoolExecutor


def may_acquire(lock):
    free = lock.acquire(blocking=False)
    if free:
        lock.release()
    return free


def may_release(lock):
    try:
        lock.release()
    except RuntimeError:
        return False
    return True


def remove(lock, numbers, number):
    with lock:
        numbers.remove(number)


def main():
    lock = threading.RLock()
    with ThreadPoolExecutor(max_workers=1) as other:
        print("acquired three times:", [lock.acquire() for _ in range(3)])
        print("another thread may acquire it:", other.submit(may_acquire, lock).result())
        print("another thread may release it:", other.submit(may_release, lock).result())
        for _ in range(3):
            lock.release()
        free = other.submit(may_acquire, lock).result()
        print("released three times, another thread may acquire it:", free)

    numbers = [1, 2, 3, 4]
    with lock:
        for number in numbers:
            remove(lock, numbers, number)  # acquires it again, in the midst of the loop
    print("a loop that removes each number leaves", numbers)


if __name__ == "__main__":
    main()
