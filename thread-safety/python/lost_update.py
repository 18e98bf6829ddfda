"""Row 4: `n += 1` is a read and a write; what is written in between is lost, unless it is locked.

Prints:
    both read before either writes: 1 of 2
    between the read and the write: [..]
    with acquire and release: 80000 of 80000
    with a guard: 80000 of 80000
"""
import dis
import threading

count, lock = 0, threading.Lock()
both_have_read = threading.Barrier(2)


def racy():
    global count
    read = count
    both_have_read.wait(timeout=60)
    count = read + 1


def by_hand():
    global count
    for _ in range(20_000):
        lock.acquire()
        count = int(count) + 1  # a call in between: other threads may run
        lock.release()


def guarded():
    global count
    for _ in range(20_000):
        with lock:
            count = int(count) + 1


def run(add, threads):
    global count
    count = 0
    threads = [threading.Thread(target=add) for _ in range(threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count


def main():
    print("both read before either writes:", run(racy, 2), "of 2")
    code = compile("n += 1", "an update", "exec")
    steps = [step.opname for step in dis.get_instructions(code)]
    between = steps[steps.index("LOAD_NAME") + 1 : steps.index("STORE_NAME")]
    print("between the read and the write:", *between)
    print("with acquire and release:", run(by_hand, 4), "of 80000")
    print("with a guard:", run(guarded, 4), "of 80000")


if __name__ == "__main__":
    main()
