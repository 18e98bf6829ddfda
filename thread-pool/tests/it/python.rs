//! What the README says of Python's `ThreadPoolExecutor`, asked of Python where there is one.

/// Names of claims, the lines that show them, on an executor of one worker, and what they print.
const CLAIMS: [(&str, &str, &str); 9] = [
    (
        "one task runs at a time if each result is asked for right after its submit",
        "
now = most = 0
lock = threading.Lock()
def task(n):
    global now, most
    with lock: now += 1; most = max(most, now)
    if meeting and n < 10: meeting.wait()
    with lock: now -= 1
    return n * n
def ran(results):
    global most
    most = 0
    right = results() == [n * n for n in range(50)]
    print(right, most)
meeting = None
with ThreadPoolExecutor(10) as pool:
    ran(lambda: [pool.submit(task, n).result() for n in range(50)])
meeting = threading.Barrier(10)
with ThreadPoolExecutor(10) as pool:
    ran(lambda: [future.result() for future in [pool.submit(task, n) for n in range(50)]])",
        "True 1\nTrue 10",
    ),
    (
        "a callback runs on the worker, or here if the task is over",
        "
def tell(future): print(threading.current_thread() is threading.main_thread(), future.result())
future = pool.submit(lambda: gate.wait() and 1)
future.add_done_callback(tell)
gate.set()
wait([future])
pool.shutdown()
future.add_done_callback(tell)",
        "False 1\nTrue 1",
    ),
    (
        "a future cancels what is queued and not what runs",
        "
runs, queued = pool.submit(held), pool.submit(print, 'never')
begun.wait()
print(runs.cancel(), queued.cancel(), queued.cancelled())
gate.set()
print(runs.result())",
        "False True True\nTrue",
    ),
    (
        "a timeout ends the waiting and not the task",
        "
future = pool.submit(gate.wait)
try: future.result(timeout=0.02)
except TimeoutError: print(future.running())
gate.set()
print(future.result())",
        "True\nTrue",
    ),
    (
        "a worker survives an exception, which is reported nowhere unless it is asked for",
        "
ident = pool.submit(threading.get_ident).result()
pool.submit(lambda: 1 / 0)
print(pool.submit(threading.get_ident).result() == ident)",
        "True",
    ),
    (
        "the program waits for its executors at its end",
        "
def first(): gate.wait(); time.sleep(0.02); print('task 1 ends', flush=True)
pool.submit(first)
pool.submit(print, 'task 2 ends', flush=True)
print('main returns', flush=True)
gate.set()",
        "main returns\ntask 1 ends\ntask 2 ends",
    ),
    (
        "an executor that is shut down takes no more and can drop what is queued",
        "
runs = pool.submit(held)
queued = pool.submit(print, 'never')
begun.wait()
pool.shutdown(wait=False, cancel_futures=True)
gate.set()
print(runs.result(), queued.cancelled())
try: pool.submit(print)
except RuntimeError: print('refused')",
        "True True\nrefused",
    ),
    (
        "its queue has no bound",
        "
pool.submit(held)
begun.wait()
for _ in range(1000): pool.submit(int)
print(pool._work_queue.qsize())
gate.set()",
        "1000",
    ),
    (
        "it takes four workers more than there are cores and at most 32",
        "
cores = (getattr(os, 'process_cpu_count', None) or os.cpu_count)() or 1
print(ThreadPoolExecutor()._max_workers == min(32, cores + 4))",
        "True",
    ),
];

#[test]
fn pythons_executor_does_what_the_page_says_of_it() {
    for (claim, lines, wanted) in CLAIMS {
        let head = "
import os, threading, time
from concurrent.futures import *
pool = ThreadPoolExecutor(1)
gate, begun = threading.Event(), threading.Event()
def held(): begun.set(); return gate.wait()
";
        if let Some(said) = checks::python(&format!("{head}{lines}\n")) {
            assert_eq!(said, wanted, "{claim}");
        }
    }
}
