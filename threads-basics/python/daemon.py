"""Row 3: a daemon thread dies with main, without its finally; any other thread is waited for.

Prints:
    daemon=True:  main returns
    daemon=False: main returns, last line, finally
"""
import subprocess
import sys
import threading


def work(begun, daemon):
    try:
        begun.set()
        if daemon:
            threading.Event().wait()  # never set: no line below is reached
        threading.main_thread().join()
        print("last line")
    finally:
        print("finally")


def start(daemon):
    begun = threading.Event()
    threading.Thread(target=work, args=(begun, daemon), daemon=daemon).start()
    begun.wait()
    print("main returns")


def main():
    """Runs this script once more for each kind, since what is shown is the end of a process."""
    for daemon in (True, False):
        command = [sys.executable, "-I", "-u", __file__, str(daemon)]
        output = subprocess.check_output(command, text=True, timeout=20)
        print(f"daemon={daemon}:".ljust(13), ", ".join(output.splitlines()))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        start(sys.argv[1] == "True")
    else:
        main()
