"""Row 9: what the threads of a process share, and what each has for itself.

Prints:
    the list that both have: ['t1', 't2']
    threading.local in t1, t2 and the parent: 1 2 none
    t1 is in waits_first, at line [..], with local 1
    t2 is in waits_second, at line [..], with local 2
"""
import sys
import threading

shared, own = [], threading.local()
seen = {}
there, look_over = {1: threading.Event(), 2: threading.Event()}, threading.Event()


def note(number):
    own.number = number
    shared.append(threading.current_thread().name)
    seen[number] = own.number


def waits_first():
    local = 1
    note(local)
    there[local].set()
    look_over.wait(5)


def waits_second():
    local = 2
    note(local)
    there[local].set()
    look_over.wait(5)


def main():
    threads, places = [], []
    for number, body in enumerate((waits_first, waits_second), start=1):
        threads.append(threading.Thread(target=body, name=f"t{number}"))
        threads[-1].start()
        there[number].wait()
    # From outside: each thread has a stack of frames, and a place in its code (a program counter).
    for thread in threads:
        frame = sys._current_frames()[thread.ident]
        while not frame.f_code.co_name.startswith("waits_"):
            frame = frame.f_back  # it is deep inside of wait()
        place = f"in {frame.f_code.co_name}, at line {frame.f_lineno}"
        places.append(f"{thread.name} is {place}, with local {frame.f_locals['local']}")
    look_over.set()
    print("the list that both have:", shared)
    mine = getattr(own, "number", "none")
    print("threading.local in t1, t2 and the parent:", seen[1], seen[2], mine)
    print(*places, sep="\n")
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
