//! What the README says of Python, asked of Python where there is one.

use checks::python;

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

#[test]
fn pythons_lock_around_the_addition_loses_none() {
    let script = "
import threading
count, lock = 0, threading.Lock()
def add():
    global count
    for _ in range(20000):
        with lock:
            count = int(count) + 1
threads = [threading.Thread(target=add) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(count)
";
    if let Some(said) = python(script) {
        assert_eq!(said, "80000");
    }
}

#[test]
fn pythons_append_and_pop_need_no_lock() {
    let script = "
import threading
items, out = list(range(40000)), []
def move():
    for _ in range(10000):
        out.append(items.pop())
threads = [threading.Thread(target=move) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sorted(out) == list(range(40000)))
";
    if let Some(said) = python(script) {
        assert_eq!(said, "True");
    }
}

#[test]
fn pythons_list_is_seen_empty_while_it_is_sorted_by_a_key() {
    let script = "
import threading
items, seen, in_key, looked = [3, 1, 2], [], threading.Event(), threading.Event()
def look():
    in_key.wait()
    seen.append(len(items))
    looked.set()
def key(item):
    in_key.set()
    looked.wait()
    return item
looker = threading.Thread(target=look)
looker.start()
items.sort(key=key)
looker.join()
print(seen, items)
";
    if let Some(said) = python(script) {
        assert_eq!(said, "[0] [1, 2, 3]");
    }
}
