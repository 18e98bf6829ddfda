"""Row 6: a deadlock seen from inside: faulthandler names where each thread stands.

Prints:
    2 threads stand in opposite, at: second.acquire()
"""
import faulthandler
import linecache
import re
import tempfile
import threading

both_hold = threading.Barrier(3)


def opposite(first, second):
    with first:
        both_hold.wait(timeout=60)
        second.acquire()


def standing():
    """Returns the innermost place of each thread that stands in `opposite`."""
    with tempfile.TemporaryFile("w+") as dump:
        # In production: faulthandler.register(signal.SIGUSR1), or py-spy dump --pid PID.
        faulthandler.dump_traceback(dump, all_threads=True)
        dump.seek(0)
        threads = dump.read().split("\n\n")
    innermost = (re.search(r"line (\d+) in (\w+)", thread) for thread in threads)
    return [int(at[1]) for at in innermost if at and at[2] == "opposite"]


def main():
    a, b = threading.Lock(), threading.Lock()
    for locks in (a, b), (b, a):
        threading.Thread(target=opposite, args=locks, daemon=True).start()
    both_hold.wait(timeout=60)
    lines = []
    while len(lines) < 2:  # a thread may not have left the barrier yet
        lines = [linecache.getline(__file__, line).strip() for line in standing()]
        lines = [line for line in lines if line == "second.acquire()"]
    print(len(lines), "threads stand in opposite, at:", lines[0])


if __name__ == "__main__":
    main()
