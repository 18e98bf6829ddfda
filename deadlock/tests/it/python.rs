//! What the README says of Python, asked of Python where there is one.

use checks::python;

#[test]
fn python_deadlocks_all_the_same() {
    let script = "
import threading
a, b, both = threading.Lock(), threading.Lock(), threading.Barrier(2)
def take(first, second, got):
    with first:
        both.wait()
        got.append(second.acquire(timeout=0.2))
        both.wait()
got = []
threads = [threading.Thread(target=take, args=(*locks, got)) for locks in ((a, b), (b, a))]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(got)
";
    if let Some(said) = python(script) {
        assert_eq!(said, "[False, False]", "neither gets its second lock");
    }
}

#[test]
fn pythons_lock_may_not_be_nested_and_its_rlock_may() {
    let script = "
import threading
for lock in threading.Lock(), threading.RLock():
    lock.acquire()
    print(lock.acquire(blocking=False))
";
    if let Some(said) = python(script) {
        assert_eq!(said, "False\nTrue");
    }
}
