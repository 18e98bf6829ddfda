"""Row 10: what spawn hands over is pickled, and a function is pickled as its name.

So the child has to be able to import it: a lambda, a function in a function and what holds a lock
cannot be handed over. With fork nothing is pickled.

Prints:
    spawn, a function of this file: exit code 0
    spawn, a lambda: cannot be pickled
    fork, a lambda: exit code 0
"""
import multiprocessing
import pickle


def nothing():
    pass


def start(method, target):
    process = multiprocessing.get_context(method).Process(target=target)
    try:
        process.start()
    except (pickle.PicklingError, AttributeError):
        return "cannot be pickled"
    process.join()
    return f"exit code {process.exitcode}"


def main():
    print("spawn, a function of this file:", start("spawn", nothing))
    print("spawn, a lambda:", start("spawn", lambda: None))
    print("fork, a lambda:", start("fork", lambda: None))


if __name__ == "__main__":
    main()
