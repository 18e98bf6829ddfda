"""Row 1: a thread with four arguments; its parent goes on at once, and shares the list with it.

Prints:
    parent goes on
    t1: Ada owes 59
    joined: None, [20, 30, 10, -1]
    work runs on the parent: True
    the thread had nothing to do: True
"""
import threading


def bill(name, prices, discount, parent_went_on):
    parent_went_on.wait(5)  # if start() waited for this function, both would wait for ever
    print(f"{threading.current_thread().name}: {name} owes {sum(prices) - discount}")
    prices.append(-discount)


def work():
    print("work runs on the parent:", threading.current_thread() is threading.main_thread())


def main():
    prices, parent_went_on = [20, 30, 10], threading.Event()
    thread = threading.Thread(target=bill, args=("Ada", prices, 1, parent_went_on), name="t1")
    thread.start()
    try:
        print("parent goes on")
    finally:
        parent_went_on.set()
    print(f"joined: {thread.join()}, {prices}")  # the list was not moved, and join returns nothing

    target = work()  # a common slip: this calls the function, and its result is the target
    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    print("the thread had nothing to do:", target is None)


if __name__ == "__main__":
    main()
