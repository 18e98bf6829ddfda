"""Row 14: a lock in the Manager's server. It stays locked when its holder is killed.

Prints:
    messages: 2 of each of 3 processes, side by side: True
    counted to 3
    its holder was killed: acquired False
"""
import multiprocessing

context = multiprocessing.get_context("fork")


def add(number, lock, counter, messages):
    with lock:
        messages.append(number)
        counter["n"] = counter["n"] + 1  # two requests, one under the lock
        messages.append(number)


def hold(lock, held):
    lock.acquire()
    held.send(None)
    held.recv()


def main():
    with context.Manager() as manager:
        lock, counter, messages = manager.Lock(), manager.dict(n=0), manager.list()
        args = lock, counter, messages
        children = [context.Process(target=add, args=(number, *args)) for number in range(3)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        all_of_them = list(messages)
        beside = all_of_them[::2] == all_of_them[1::2] and len(set(all_of_them)) == 3
        print("messages: 2 of each of 3 processes, side by side:", beside)
        print("counted to", counter["n"])

        here, there = context.Pipe()
        child = context.Process(target=hold, args=(lock, there))
        child.start()
        here.recv()
        child.kill()
        child.join()
        print("its holder was killed: acquired", lock.acquire(True, 0.3))


if __name__ == "__main__":
    main()
