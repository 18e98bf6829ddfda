"""Row 14: a plain Lock is no argument for a task, and only get() tells; a Manager's lock is one.

Prints:
    plain lock, no get(): no task was run, and nothing said
    plain lock, get(): Lock objects should only be shared between processes through inheritance
    Manager's lock: 400 of 400 additions
    handed over by the initializer: 400 of 400 additions
"""
import multiprocessing


def begin(lock):
    globals().update(inherited=lock)


def add(lock, total):
    for _ in range(100):
        with lock or inherited:
            total.value += 1  # reads and writes: two messages to the manager


def ran(pool, lock, total):
    for result in [pool.apply_async(add, (lock, total)) for _ in range(4)]:
        result.get(timeout=20)
    return f"{total.value} of 400 additions"


def main():
    fork = multiprocessing.get_context("fork")
    done = []
    with fork.Pool(2) as pool:
        pool.apply_async(add, (fork.Lock(), None), callback=done.append)
        pool.close()
        pool.join()
    print("plain lock, no get():", "it was run" if done else "no task was run, and nothing said")
    with fork.Pool(2) as pool:
        try:
            pool.apply_async(add, (fork.Lock(), None)).get(timeout=20)
        except RuntimeError as error:
            print("plain lock, get():", error)
    with fork.Manager() as manager:
        lock = manager.Lock()
        with fork.Pool(4) as pool:
            print("Manager's lock:", ran(pool, lock, manager.Value("i", 0)))
        with fork.Pool(4, begin, (fork.Lock(),)) as pool:
            print("handed over by the initializer:", ran(pool, None, manager.Value("i", 0)))


if __name__ == "__main__":
    main()
