//! What Python's shared values do, where there is a Python: rows 12 and 13, and the fault of one.

use checks::python;

/// Begins a script whose `Value` two processes add 1 to, and whose `Array` one process writes to.
const SCRIPT: &str = r#"
import multiprocessing

# By fork: the functions of a script that is an argument cannot be imported.
mp = multiprocessing.get_context("fork")

def add(value, barrier):
    read = value.value
    barrier.wait(60)
    value.value = read + 1

def add_locked(value, barrier):
    barrier.wait(60)
    with value.get_lock():
        value.value += 1

def both(body):
    value, barrier = mp.Value("i", 0), mp.Barrier(2)
    started = [mp.Process(target=body, args=(value, barrier)) for _ in range(2)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    return value.value

def write(array, numbers):
    array[:] = numbers

def written(numbers):
    array = mp.Array("i", [1, 2, 3, 4])
    process = mp.Process(target=write, args=(array, numbers))
    process.start()
    process.join()
    return list(array)

if __name__ == "__main__":
    print("#;

fn says(what: &str, wanted: &str) {
    if let Some(said) = python(&format!("{SCRIPT}{what})")) {
        assert_eq!(said, wanted);
    }
}

#[test]
fn a_python_value_has_a_lock_and_loses_an_addition_that_does_not_hold_it() {
    says("both(add), both(add_locked)", "1 2");
}

#[test]
fn a_python_array_shows_a_change_only_if_something_else_is_written() {
    says("written([1, 2, 3, 4]), written([10, 20, 30, 40])", "[1, 2, 3, 4] [10, 20, 30, 40]");
}
