//! What the README says of Python, asked of Python where there is one.

/// Asks Python a question. Every script starts its children by fork: they need no file to be imported
/// from.
fn says(script: &str, wanted: &str) {
    let begin = "import multiprocessing as mp, os, signal, time\nmp = mp.get_context('fork')\n";
    if let Some(said) = checks::python(&format!("{begin}{script}")) {
        assert_eq!(said, wanted);
    }
}

#[test]
fn a_list_in_pythons_managed_dict_is_a_copy_too() {
    let script = "
with mp.Manager() as manager:
    d = manager.dict({'inner': [1]})
    d['inner'].append(2)
    copy = d['inner']
    copy.append(2)
    d['back'] = copy
    own = manager.list([1])
    own.append(2)
    print(d['inner'], d['back'], list(own))
";
    says(script, "[1] [1, 2] [1, 2]");
}

#[test]
fn python_too_waits_for_ever_for_a_child_whose_queue_is_not_drained() {
    let script = "
queue = mp.Queue()
child = mp.Process(target=lambda: queue.put(b'x' * (1 << 20)))
child.start()
child.join(0.5)
waits = child.is_alive()
queue.get()
child.join(20)
print(waits, child.is_alive())
";
    says(script, "True False");
}

#[test]
fn pythons_pipe_ends_only_when_the_parent_has_closed_its_copy() {
    let script = "
def ended(close):
    here, there = mp.Pipe()
    child = mp.Process(target=lambda: None)
    child.start()
    child.join()
    if close: there.close()
    try:
        return here.recv() if here.poll(0.2) else 'waits'
    except EOFError:
        return 'ends'
print(ended(False), ended(True))
";
    says(script, "waits ends");
}

#[test]
fn pythons_lock_stays_locked_when_its_holder_is_killed() {
    let script = "
lock = mp.Lock()
here, there = mp.Pipe()
def hold():
    lock.acquire()
    there.send(None)
    signal.pause()
child = mp.Process(target=hold)
child.start()
here.recv()
child.kill()
child.join()
print(lock.acquire(timeout=0.2))
";
    says(script, "False");
}

#[test]
fn a_killed_reader_of_pythons_queue_stops_the_others() {
    let script = "
queue = mp.Queue()
child = mp.Process(target=lambda: queue.get())
child.start()
# It has the reader's lock when no other process can get it.
while queue._rlock.acquire(block=False):
    queue._rlock.release()
    time.sleep(0.001)
child.kill()
child.join()
queue.put(1)
try:
    print(queue.get(timeout=0.5), flush=True)
except Exception as error:
    print(type(error).__name__, flush=True)
os._exit(0)
";
    says(script, "Empty");
}

#[test]
fn a_python_value_has_a_lock_and_loses_an_addition_that_does_not_hold_it() {
    let script = "
def add(value, barrier):
    read = value.value
    barrier.wait(60)
    value.value = read + 1
def add_locked(value, barrier):
    barrier.wait(60)
    with value.get_lock():
        value.value += 1
def both(body):
    value, barrier = mp.Value('i', 0), mp.Barrier(2)
    started = [mp.Process(target=body, args=(value, barrier)) for _ in range(2)]
    for process in started: process.start()
    for process in started: process.join()
    return value.value
print(both(add), both(add_locked))
";
    says(script, "1 2");
}

#[test]
fn a_python_array_shows_a_change_only_if_something_else_is_written() {
    let script = "
def write(array, numbers):
    array[:] = numbers
def written(numbers):
    array = mp.Array('i', [1, 2, 3, 4])
    process = mp.Process(target=write, args=(array, numbers))
    process.start()
    process.join()
    return list(array)
print(written([1, 2, 3, 4]), written([10, 20, 30, 40]))
";
    says(script, "[1, 2, 3, 4] [10, 20, 30, 40]");
}
