//! What the README says of Python, asked of Python where there is one.

use std::time::Duration;

use checks::{python, python_with};
use threads_basics::python::{Asked, ask};

/// Makes tests of scripts and of what they print.
macro_rules! python_prints {
    ($($name:ident: $script:literal => $wanted:literal;)*) => {$(
        #[test]
        fn $name() {
            if let Some(printed) = python($script) {
                assert_eq!(printed, $wanted);
            }
        }
    )*};
}

python_prints! {
    python_calls_a_function_on_the_parent_and_starts_a_thread_that_does_nothing: "
import threading
def work(number): print(threading.current_thread() is threading.main_thread())
thread = threading.Thread(target=work(1))
thread.start()
thread.join()
" => "True";

    python_shares_a_list_with_the_thread_and_its_join_returns_none: "
import threading
prices = [20, 30, 10]
thread = threading.Thread(target=lambda theirs: theirs.append(5), args=(prices,))
thread.start()
print(thread.join(), prices)
" => "None [20, 30, 10, 5]";

    python_reads_half_a_counter_before_join_and_all_of_it_after: "
import threading
half_way, go_on = threading.Barrier(2), threading.Barrier(2)
count = 0
def work():
    global count
    for step in range(1000):
        if step == 500:
            half_way.wait()
            go_on.wait()
        count += 1
thread = threading.Thread(target=work)
thread.start()
half_way.wait()
before = count
go_on.wait()
thread.join()
print(before, count)
" => "500 1000";

    pythons_join_returns_none_for_a_thread_that_has_failed_as_for_any_other: "
import threading
def fail(): raise ValueError('3 is too large')
threading.excepthook = lambda heard: print('printed:', heard.exc_value)
thread = threading.Thread(target=fail)
thread.start()
print('joined:', thread.join())
" => "printed: 3 is too large\njoined: None";

    pythons_run_called_in_place_of_start_runs_on_the_caller: "
import threading
class Worker(threading.Thread):
    def run(self): self.ran_on = threading.current_thread()
called, started = Worker(), Worker()
called.run()
started.start()
started.join()
print(called.ran_on is threading.main_thread(), started.ran_on is started)
" => "True True";

    pythons_threads_share_globals_and_not_what_is_in_threading_local: "
import threading
shared, own = [], threading.local()
own.user = 'Ada'
def look():
    shared.append('seen')
    shared.append(hasattr(own, 'user'))
thread = threading.Thread(target=look)
thread.start()
thread.join()
print(shared)
" => "['seen', False]";
}

#[test]
fn python_ends_a_daemon_thread_with_main_without_its_finally_and_waits_for_any_other() {
    let script = "
import sys, threading
begun = threading.Event()
def work():
    try:
        begun.set()
        if daemon: threading.Event().wait()
        threading.main_thread().join()
        print('last line', flush=True)
    finally:
        print('finally', flush=True)
daemon = sys.argv[1] == 'daemon'
threading.Thread(target=work, daemon=daemon).start()
begun.wait()
print('main returns', flush=True)
";
    if let Some(said) = python_with(script, &["daemon"]) {
        assert_eq!(said, "main returns");
        assert_eq!(
            python_with(script, &["other"]).as_deref(),
            Some("main returns\nlast line\nfinally")
        );
    }
}

#[test]
fn python_loses_an_update_between_a_load_and_a_store_that_a_call_stands_between() {
    let asked = Asked { interval: 1, numbers: 4_000, reads: 4, read: 1 };
    let Some(showed) = ask(&asked, Duration::from_secs(60)).expect("Python does as it is told")
    else {
        return eprintln!("{:?} cannot be started: no Python is asked", kit::python::program());
    };
    assert_eq!(showed.by_a_call, 1, "both had loaded 0: {showed:?}");
    // Since 3.10 the lock is asked for at jumps back and calls only: `count += 1` has neither, by
    // luck.
    let minor = showed.version.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok());
    if showed.has_gil && minor >= Some(10) {
        assert_eq!(showed.lost.0, 0, "{showed:?}");
    }
}
