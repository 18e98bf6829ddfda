"""Row 12: a child cannot exit before its queue has been drained, so to join it first deadlocks.

Prints:
    joined first: it still runs
    drained, then joined: exit code 0
"""
import multiprocessing

context = multiprocessing.get_context("fork")


def produce(queue):
    queue.put(b"x" * (1 << 20))  # more than the pipe below the queue has room for


def main():
    queue = context.Queue()
    child = context.Process(target=produce, args=(queue,), daemon=True)
    child.start()
    child.join(timeout=0.5)  # without a timeout: for ever
    print("joined first:", "it still runs" if child.is_alive() else "it has exited")
    queue.get()
    child.join()
    print("drained, then joined: exit code", child.exitcode)


if __name__ == "__main__":
    main()
