//! What the README says of Python's `ThreadPoolExecutor`, asked of Python where there is one.

use checks::python;

/// Runs lines on an executor of one worker, `pool`.
fn asked(lines: &str) -> Option<String> {
    let head = "
import threading, time
from concurrent.futures import *
pool = ThreadPoolExecutor(1)
";
    python(&format!("{head}{lines}"))
}

#[test]
fn python_runs_one_task_at_a_time_if_each_result_is_asked_for_right_after_its_submit() {
    let said = asked(
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
    wanted = [n * n for n in range(50)]
    right = results() == wanted
    print(right, most)
meeting = None
with ThreadPoolExecutor(10) as pool:
    ran(lambda: [pool.submit(task, n).result() for n in range(50)])
meeting = threading.Barrier(10)
with ThreadPoolExecutor(10) as pool:
    ran(lambda: [future.result() for future in [pool.submit(task, n) for n in range(50)]])
",
    );
    if let Some(said) = said {
        assert_eq!(said, "True 1\nTrue 10");
    }
}

#[test]
fn pythons_callback_runs_on_the_worker_or_here_if_the_task_is_over() {
    let said = asked(
        "
def tell(future): print(threading.current_thread() is threading.main_thread(), future.result())
gate = threading.Event()
future = pool.submit(lambda: gate.wait() and 1)
future.add_done_callback(tell)
gate.set()
wait([future])
pool.shutdown()
future.add_done_callback(tell)
",
    );
    if let Some(said) = said {
        assert_eq!(said, "False 1\nTrue 1");
    }
}

#[test]
fn pythons_future_cancels_what_is_queued_and_not_what_runs() {
    let said = asked(
        "
gate, begun = threading.Event(), threading.Event()
def held(): begun.set(); return gate.wait()
runs, queued = pool.submit(held), pool.submit(print, 'never')
begun.wait()
print(runs.cancel(), queued.cancel(), queued.cancelled())
gate.set()
print(runs.result())
",
    );
    if let Some(said) = said {
        assert_eq!(said, "False True True\nTrue");
    }
}

#[test]
fn pythons_time_limit_ends_the_waiting_and_not_the_task() {
    let said = asked(
        "
gate = threading.Event()
future = pool.submit(gate.wait)
try: future.result(timeout=0.02)
except TimeoutError: print(future.running())
gate.set()
print(future.result())
",
    );
    if let Some(said) = said {
        assert_eq!(said, "True\nTrue");
    }
}

#[test]
fn pythons_worker_survives_an_exception_and_nobody_hears_of_it_unless_asked() {
    let said = asked(
        "
ident = pool.submit(threading.get_ident).result()
pool.submit(lambda: 1 / 0)
print(pool.submit(threading.get_ident).result() == ident)
",
    );
    if let Some(said) = said {
        assert_eq!(said, "True", "and nothing else was printed");
    }
}

#[test]
fn python_waits_for_its_executors_at_the_end_of_the_program() {
    let said = asked(
        "
gate = threading.Event()
def first(): gate.wait(); time.sleep(0.02); print('task 1 ends', flush=True)
pool.submit(first)
pool.submit(print, 'task 2 ends', flush=True)
print('main returns', flush=True)
gate.set()
",
    );
    if let Some(said) = said {
        assert_eq!(said, "main returns\ntask 1 ends\ntask 2 ends");
    }
}

#[test]
fn pythons_executor_that_is_shut_down_takes_nothing_more_and_can_drop_what_is_queued() {
    let said = asked(
        "
gate, begun = threading.Event(), threading.Event()
def held(): begun.set(); return gate.wait()
runs = pool.submit(held)
queued = pool.submit(print, 'never')
begun.wait()
pool.shutdown(wait=False, cancel_futures=True)
gate.set()
print(runs.result(), queued.cancelled())
try: pool.submit(print)
except RuntimeError: print('refused')
",
    );
    if let Some(said) = said {
        assert_eq!(said, "True True\nrefused");
    }
}
