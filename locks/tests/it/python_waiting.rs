//! What is said of Python's semaphores, events and barriers, asked of Python where there is one.

use std::process::Command;

/// Runs a script and asserts what it prints; says so where there is no Python.
fn python_says(script: &str, wanted: &str) {
    match Command::new("python3").args(["-c", script]).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), wanted);
        }
        Err(error) => eprintln!("python3 cannot be started ({error}): nothing is asked of it"),
    }
}

#[test]
fn python_s_semaphore_takes_a_permit_too_many_and_its_bounded_one_raises() {
    let script = "
import threading
plain, bounded = threading.Semaphore(2), threading.BoundedSemaphore(2)
plain.release()
print([plain.acquire(blocking=False) for _ in range(4)])
try:
    bounded.release()
except ValueError as error:
    print(error)
";
    python_says(script, "[True, True, True, False]\nSemaphore released too many times");
}

#[test]
fn python_s_event_stays_set_until_it_is_cleared_and_misses_a_pulse_that_nobody_waits_for() {
    let script = "
import threading
event = threading.Event()
event.set()
print(event.wait(0), event.wait(0))
event.clear()
event.set(); event.clear()
print(event.wait(0.01))
";
    python_says(script, "True True\nFalse");
}

#[test]
fn python_s_barrier_tells_one_of_each_round_that_it_is_number_0() {
    let script = "
import threading
barrier, led = threading.Barrier(3), []
def run():
    for _ in range(50):
        if barrier.wait() == 0: led.append(1)
threads = [threading.Thread(target=run) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(led), hasattr(threading, 'RWLock'))
";
    python_says(script, "50 False");
}
