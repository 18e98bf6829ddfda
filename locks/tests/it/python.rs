//! What the README says of Python, asked of Python where there is one.

use std::process::Command;

/// Runs a script and returns what it prints; `None`, said aloud, where there is no Python.
fn python(script: &str) -> Option<String> {
    match Command::new("python3").args(["-c", script]).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        }
        Err(error) => {
            eprintln!("python3 cannot be started ({error}): nothing is asked of it");
            None
        }
    }
}

#[test]
fn pythons_lock_may_not_be_nested_and_its_rlock_may() {
    let script = "
import threading
for lock in threading.Lock(), threading.RLock():
    lock.acquire()
    print(lock.acquire(timeout=0.01))
";
    if let Some(said) = python(script) {
        assert_eq!(said, "False\nTrue");
    }
}

#[test]
fn pythons_lock_can_be_given_back_by_a_thread_that_does_not_have_it_and_its_rlock_cannot() {
    let script = "
import threading
for lock in threading.Lock(), threading.RLock():
    lock.acquire()
    said = []
    def give_back():
        try:
            lock.release()
            said.append('given back')
        except RuntimeError:
            said.append('refused')
    thread = threading.Thread(target=give_back)
    thread.start(); thread.join()
    print(said[0])
";
    if let Some(said) = python(script) {
        assert_eq!(said, "given back\nrefused");
    }
}

#[test]
fn after_an_exception_pythons_lock_is_free_and_nobody_is_told_that_the_value_is_half_done() {
    let script = "
import threading
lock, accounts = threading.Lock(), {'a': 100, 'b': 0}
try:
    with lock:
        accounts['a'] -= 40
        raise ValueError
except ValueError:
    pass
with lock:
    print(sum(accounts.values()))
";
    if let Some(said) = python(script) {
        assert_eq!(said, "60");
    }
}

#[test]
fn pythons_rlock_lets_its_thread_change_a_list_that_it_is_walking_through() {
    let script = "
import threading
lock, numbers = threading.RLock(), [1, 2, 3, 4]
def drop(number):
    with lock:
        numbers.remove(number)
with lock:
    for number in numbers:
        drop(number)
print(numbers)
";
    if let Some(said) = python(script) {
        assert_eq!(said, "[2, 4]", "every second one is passed over, and nobody is told");
    }
}
