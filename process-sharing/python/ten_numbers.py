"""Row 12: ten numbers out of a child, through a queue with room for four.

Prints:
    received [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    exit code 0
"""
import multiprocessing

context = multiprocessing.get_context("fork")
END = None  # a consumer is told that no more will come by a value that is none


def produce(queue):
    for number in range(10):
        queue.put(number)  # blocks while four numbers are in it
    queue.put(END)


def main():
    queue = context.Queue(maxsize=4)
    child = context.Process(target=produce, args=(queue,))
    child.start()
    print("received", list(iter(queue.get, END)))
    child.join()  # after all has been received
    print("exit code", child.exitcode)


if __name__ == "__main__":
    main()
