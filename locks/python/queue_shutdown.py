"""Row 9: the two consumers of a queue.Queue, and how they learn that no more will come.

Prints:
    one sentinel: 1 of 2 consumers has ended
    put back by each: 2 of 2, and they took [1, 2, 3, 4]
    join: returns when all is done, and ends 0 of 2
    task_done once too often: task_done() called too many times
    shutdown: [..]
"""
import queue
import threading

SENTINEL, CLOSED = object(), getattr(queue, "ShutDown", ())  # get raises it, since Python 3.13


def start(hand_on):
    work, ended, taken = queue.Queue(), queue.Queue(), []

    def consume():
        try:
            while (item := work.get()) is not SENTINEL:
                taken.append(item)
                work.task_done()
            if hand_on: work.put(SENTINEL)
        except CLOSED:
            pass
        ended.put(1)

    [threading.Thread(target=consume, daemon=True).start() for _ in range(2)]
    return work, ended, taken


def main():
    work, ended, _ = start(hand_on=False)
    work.put(SENTINEL)
    ended.get(timeout=20)
    try:
        ended.get(timeout=0.2)
    except queue.Empty:
        print("one sentinel: 1 of 2 consumers has ended")
    work, ended, taken = start(hand_on=True)
    [work.put(item) for item in (1, 2, 3, 4, SENTINEL)]
    ended.get(timeout=20), ended.get(timeout=20)
    print("put back by each: 2 of 2, and they took", sorted(taken))
    work, ended, _ = start(hand_on=False)
    work.put(1)
    work.join()  # waits for as many calls of task_done as there were of put
    print("join: returns when all is done, and ends", ended.qsize(), "of 2")
    try:
        work.task_done()
    except ValueError as refused:
        print("task_done once too often:", refused)
    if not CLOSED:
        return print("shutdown: not before Python 3.13")
    work.shutdown()
    print("shutdown:", ended.get(timeout=20) + ended.get(timeout=20), "of 2 have ended")


if __name__ == "__main__":
    main()
