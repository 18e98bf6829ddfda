"""Row 3: ten named threads. Since Python 3.14 the kernel gets the first 15 bytes of each name.

Prints:
    Python: checkout-worker-0 ... checkout-worker-9
    native ids: 10
    the kernel's names: [..]
"""
import threading
from pathlib import Path


def main():
    all_are_there, looked = threading.Barrier(11), threading.Event()

    def work():
        all_are_there.wait()
        looked.wait(5)

    threads = [threading.Thread(target=work, name=f"checkout-worker-{n}") for n in range(10)]
    for thread in threads:
        thread.start()
    all_are_there.wait()
    files = [Path(f"/proc/self/task/{thread.native_id}/comm") for thread in threads]
    names = {file.read_text().strip() for file in files if file.exists()}
    looked.set()
    print("Python:", threads[0].name, "...", threads[-1].name)
    print("native ids:", len({thread.native_id for thread in threads}))
    print("the kernel's names:", names or "not shown here")
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
