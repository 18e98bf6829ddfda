"""Row 11: ten threads in a child, counted inside it by Python and by the kernel (Linux).

`active_count` counts main and what the module `threading` has started, not what a library has.

Prints:
    ten threads: active_count 11, the kernel 11
    and one that threading does not know: active_count 11, the kernel 12
"""
import _thread
import multiprocessing
import threading


def counted():
    with open("/proc/self/status") as lines:
        kernel = next(line.split()[1] for line in lines if line.startswith("Threads"))
    return f"active_count {threading.active_count()}, the kernel {kernel}"


def child():
    begun, end = threading.Semaphore(0), threading.Event()

    def work():
        begun.release()
        end.wait()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(10)]
    for thread in threads:
        thread.start()
    print("ten threads:", counted())
    for _ in threads:
        begun.acquire()
    _thread.start_new_thread(work, ())
    begun.acquire()
    print("and one that threading does not know:", counted())
    end.set()
    for thread in threads:
        thread.join()


def main():
    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()


if __name__ == "__main__":
    main()
