"""Row 11: terminate() is SIGTERM: what runs of the child's clean-up, and what if it is ignored.

Prints:
    no handler: no finally has run, exitcode -15
    a handler that raises SystemExit: finally has run, exitcode 0
    ignored: it is alive after terminate(); after kill(), exitcode -9
"""
import multiprocessing
import os
import signal
import sys
import time

fork = multiprocessing.get_context("fork")


def child(handler, ready, said):
    signal.signal(signal.SIGTERM, handler)
    try:
        os.write(ready, b".")
        while True:
            time.sleep(0.01)  # signal.pause() would miss a signal that came just before it
    finally:
        os.write(said, b"finally has run")


def start(handler):
    ready, said = os.pipe(), os.pipe()
    process = fork.Process(target=child, args=(handler, ready[1], said[1]))
    process.start()
    os.close(said[1])
    os.read(ready[0], 1)
    process.terminate()
    return process, said[0]


def show(how, handler):
    process, said = start(handler)
    process.join()
    print(f"{how}: {os.read(said, 99).decode() or 'no finally has run'}, exitcode",
          process.exitcode)


def main():
    show("no handler", signal.SIG_DFL)
    show("a handler that raises SystemExit", lambda *_: sys.exit(0))
    process, _ = start(signal.SIG_IGN)
    process.join(0.2)
    alive = "alive" if process.is_alive() else "gone"
    process.kill()
    process.join()
    print(f"ignored: it is {alive} after terminate(); after kill(), exitcode", process.exitcode)


if __name__ == "__main__":
    main()
