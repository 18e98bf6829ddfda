//! What the README says of Python's pools, asked of Python where there is one. Each
//! script forks, and ends itself if it hangs.

use checks::python;

/// Runs lines with what they need, and compares what they print; `fork` is the start method by which
/// functions of such a script are found.
fn prints(expected: &str, lines: &str) {
    let head = "
import multiprocessing, os, signal, time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
signal.alarm(40)
fork = multiprocessing.get_context('fork')
";
    if let Some(printed) = python(&format!("{head}{lines}")) {
        assert_eq!(printed, expected);
    }
}

#[test]
fn pythons_executor_fails_what_is_not_done_when_one_worker_is_killed_and_takes_no_more() {
    prints(
        "BrokenProcessPool\nno more",
        "
def die(): os.kill(os.getpid(), signal.SIGKILL)
pool = ProcessPoolExecutor(2, fork)
print(type(pool.submit(die).exception()).__name__)
try: pool.submit(os.getpid)
except BrokenProcessPool: print('no more')
",
    );
}

#[test]
fn pythons_pool_replaces_a_worker_that_was_killed_and_never_answers_its_task() {
    prints(
        "True\nno answer\n2 False",
        "
def task(number):
    if number == 4: os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()
pool = fork.Pool(2)
before = [worker.pid for worker in pool._pool]
results = [pool.apply_async(task, (number,)) for number in range(1, 11)]
print(all(results[n - 1].get(20) for n in range(1, 11) if n != 4))
try: results[3].get(0.5)
except multiprocessing.TimeoutError: print('no answer')
print(len(pool._pool), [worker.pid for worker in pool._pool] == before)
pool.terminate()
",
    );
}

#[test]
fn pythons_callback_runs_in_the_parent_on_another_thread_than_its_main() {
    prints(
        "10 {(True, False)}",
        "
import threading
seen = []
def told(pid): seen.append((pid != os.getpid(), threading.current_thread() is threading.main_thread()))
pool = fork.Pool(4)
for _ in range(10): pool.apply_async(os.getpid, callback=told)
pool.close(); pool.join()
print(len(seen), set(seen))
",
    );
}

#[test]
fn pythons_pool_refuses_a_lock_as_an_argument_but_only_get_tells_of_it() {
    prints(
        "[]\nTrue\n1",
        "
total = []
def task(lock):
    with lock: return 1
pool = fork.Pool(2)
# Without a get, nothing is printed, and nothing was run.
pool.apply_async(task, (fork.Lock(),), callback=total.append)
pool.close(); pool.join()
print(total)
pool = fork.Pool(2)
try: pool.apply_async(task, (fork.Lock(),)).get(20)
except RuntimeError as error: print('inheritance' in str(error))
with fork.Manager() as manager:
    # Kept: a lock without a reference here may be gone when it arrives.
    lock = manager.Lock()
    print(pool.apply_async(task, (lock,)).get(20))
pool.terminate()
",
    );
}

#[test]
fn pythons_map_loses_all_results_when_one_task_fails() {
    prints(
        "no such luck",
        "
def task(number):
    if number == 5: raise ValueError('no such luck')
    return number
pool = fork.Pool(4)
try: print(pool.map(task, range(1, 11)))
except ValueError as error: print(error)
pool.terminate()
",
    );
}

#[test]
fn pythons_result_with_a_timeout_leaves_the_task_its_worker() {
    prints(
        "gave up True\nnot run\n1 2",
        "
def begin(event): globals().update(event=event)
def waits(): event.wait(20); return 1
def nothing(): return 2
event = fork.Event()
pool = ProcessPoolExecutor(1, fork, begin, (event,))
first = pool.submit(waits)
try: first.result(0.05)
except TimeoutError: print('gave up', first.running())
second = pool.submit(nothing)
try: second.result(0.05)
except TimeoutError: print('not run')
event.set()
print(first.result(20), second.result(20))
",
    );
}

#[test]
fn pythons_pool_starts_workers_for_ever_if_their_initializer_fails() {
    prints(
        "True False",
        "
import sys
started = fork.Value('i', 0)
def begin():
    with started.get_lock(): started.value += 1
    os.close(2)
    raise ValueError('no licence')
pool = fork.Pool(1, begin)
result = pool.apply_async(os.getpid)
limit = time.monotonic() + 20
while started.value < 5 and time.monotonic() < limit: time.sleep(0.01)
print(started.value >= 5, result.ready(), flush=True)
pool.terminate()
",
    );
}

#[test]
fn pythons_lambda_is_refused_when_it_is_pickled_and_not_before() {
    prints(
        "True None",
        "
import pickle
pool = ProcessPoolExecutor(1, fork)
future = pool.submit(lambda: 1)
error = future.exception(20)
print(isinstance(error, (pickle.PicklingError, AttributeError)), pool.submit(os.getpid).exception(20))
",
    );
}
