"""Row 13: a process that is killed in Queue.get holds the readers' lock, and stops all others.

Prints:
    another process gets: Empty
"""
import multiprocessing
import os
import queue as queues

context = multiprocessing.get_context("fork")


def main():
    queue = context.Queue()
    reader = context.Process(target=queue.get)
    reader.start()
    # A private attribute, and the way to see that the reader has got that far: it has the lock
    # when no other process can acquire it. No pause is needed: each look is a system call.
    while queue._rlock.acquire(block=False):
        queue._rlock.release()
    reader.kill()
    reader.join()
    queue.put(1)
    try:
        print("another process gets:", queue.get(timeout=0.5))
    except queues.Empty:
        print("another process gets: Empty")
    os._exit(0)  # the exit handlers would wait for the number to be received


if __name__ == "__main__":
    main()
