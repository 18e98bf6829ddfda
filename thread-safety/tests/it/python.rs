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
fn python_loses_an_update_when_both_read_before_either_writes() {
    let script = "
import threading
count, both_have_read = 0, threading.Barrier(2)
def add():
    global count
    read = count
    both_have_read.wait()
    count = read + 1
threads = [threading.Thread(target=add) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(count)
";
    if let Some(said) = python(script) {
        assert_eq!(said, "1");
    }
}

#[test]
fn pythons_addition_is_a_read_and_a_write_and_more_than_one_step() {
    let script = "
import dis
def add():
    global n
    n += 1
steps = [step.opname for step in dis.get_instructions(add)]
print(steps.index('STORE_GLOBAL') - steps.index('LOAD_GLOBAL') > 1)
";
    if let Some(said) = python(script) {
        assert_eq!(said, "True", "something is done in between");
    }
}
