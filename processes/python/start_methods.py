"""Row 10: fork, spawn and forkserver, and what the child finds of the parent's list.

A forked child finds what the parent has put into it; the two others import this file anew, and the
list is as the file makes it. What is handed over (as an argument) arrives in all three; the
parent's list stays as it was.

Prints:
    fork       found [20, 30, 10], was handed [20], made [20, 30, 10, 5]
               parent afterwards: [20, 30, 10]
    spawn      found [], was handed [20], made [5]
               parent afterwards: [20, 30, 10]
    forkserver found [], was handed [20], made [5]
               parent afterwards: [20, 30, 10]
"""
import multiprocessing

prices = []


def work(queue, handed):
    found = list(prices)
    prices.append(5)
    queue.put(f"found {found}, was handed {handed}, made {prices}")


def main():
    prices.extend([20, 30, 10])
    for method in ("fork", "spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        queue = context.SimpleQueue()
        process = context.Process(target=work, args=(queue, prices[:1]))
        process.start()
        print(f"{method:10}", queue.get())
        process.join()
        print(f"{'':10} parent afterwards: {prices}")


if __name__ == "__main__":
    main()
