"""Row 15: a semaphore with two permits. Five processes, of which two are inside at once.

Prints:
    entries 5, most at once 2
"""
import multiprocessing

context = multiprocessing.get_context("fork")


def enter(semaphore, inside, most, pair):
    with semaphore:
        with inside.get_lock():
            inside.value += 1
            most.value = max(most.value, inside.value)
        pair.wait()  # until two are in at once
        with inside.get_lock():
            inside.value -= 1


def main():
    semaphore = context.BoundedSemaphore(2)
    inside, most, entries = context.Value("i", 0), context.Value("i", 0), 0
    for crowd in 4, 1:  # two pairs, and one that is alone
        pair = context.Barrier(min(crowd, 2))
        args = semaphore, inside, most, pair
        children = [context.Process(target=enter, args=args) for _ in range(crowd)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        entries += sum(child.exitcode == 0 for child in children)
    print(f"entries {entries}, most at once {most.value}")


if __name__ == "__main__":
    main()
