"""Row 13: a process is killed while it holds a Lock. No other process is told, and none gets it.

Prints:
    acquired: False
"""
import multiprocessing

context = multiprocessing.get_context("fork")


def hold(lock, end):
    with lock:
        end.send("held")
        end.recv()  # for ever: nothing is sent


def main():
    lock = context.Lock()  # a POSIX semaphore with one permit: it knows no owner
    here, there = context.Pipe()
    child = context.Process(target=hold, args=(lock, there))
    child.start()
    here.recv()
    child.kill()
    child.join()
    print("acquired:", lock.acquire(timeout=0.3))


if __name__ == "__main__":
    main()
