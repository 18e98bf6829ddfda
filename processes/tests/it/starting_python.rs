//! What the README states about Python's start methods, if there is a Python to ask.

use checks::python;
use kit::child::DEADLINE;
use processes::start::{Method, Stopwatch};

#[test]
fn pythons_stopwatch_takes_the_time_of_its_three_methods() {
    let Some(mut watch) = Stopwatch::python(1, DEADLINE).expect("it can be started") else {
        eprintln!("there is no python3: nothing is asked of it");
        return;
    };
    for method in Method::ALL.map(Method::name) {
        assert!(!watch.median(method, 1).expect("it has it").is_zero(), "{method}");
    }
    assert!(watch.time("teleport", 1).is_err());
}

#[test]
fn pythons_forked_child_finds_the_list_and_the_parents_stays_as_it_was() {
    let script = "
import multiprocessing
prices = [20, 30, 10]
def work(queue):
    prices.append(5)
    queue.put(list(prices))
fork = multiprocessing.get_context('fork')
queue = fork.SimpleQueue()
process = fork.Process(target=work, args=(queue,))
process.start()
print(queue.get(), prices)
process.join()
";
    if let Some(said) = python(script) {
        assert_eq!(said, "[20, 30, 10, 5] [20, 30, 10]");
    }
}

#[test]
fn pythons_spawned_child_must_be_able_to_import_its_function() {
    let script = "
import multiprocessing
try:
    multiprocessing.get_context('spawn').Process(target=lambda: None).start()
except Exception as error:
    print(type(error).__name__)
";
    if let Some(said) = python(script) {
        assert!(["PicklingError", "AttributeError"].contains(&said.as_str()), "{said}");
    }
}

#[test]
fn pythons_fork_with_a_thread_that_has_a_lock_leaves_it_locked_in_the_child() {
    let script = "
import os, threading, warnings
warnings.simplefilter('ignore')
lock, held, done = threading.Lock(), threading.Event(), threading.Event()
def hold():
    with lock:
        held.set()
        done.wait()
thread = threading.Thread(target=hold)
thread.start()
held.wait()
child = os.fork()
if child == 0:
    os._exit(0 if lock.acquire(timeout=0.2) else 7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
done.set()
thread.join()
";
    if let Some(said) = python(script) {
        assert_eq!(said, "7", "it gave up: no thread in the child could release it");
    }
}

#[test]
fn python_copies_a_page_by_reading_for_an_object_counts_its_references_in_it() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let script = "
import os
def private():
    with open('/proc/self/smaps_rollup') as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith('Private_Dirty'))
objects = [float(number) for number in range(1_000_000)]
child = os.fork()
if child == 0:
    before = private()
    for number in objects:
        pass
    print((private() - before) // 1024, flush=True)
    os._exit(0)
os.waitpid(child, 0)
";
    if let Some(said) = python(script) {
        let mib: u32 = said.parse().expect("it is a number");
        assert!(mib >= 16, "24 MB of objects were read, and {mib} MiB copied");
    }
}
