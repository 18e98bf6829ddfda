//! What the README says of Python, asked of Python where there is one.

use checks::python;

/// Every script starts its children by fork: they need no file to be imported from.
fn asked(script: &str) -> Option<String> {
    python(&format!(
        "import multiprocessing as mp, os, signal\nmp = mp.get_context('fork')\n{script}"
    ))
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
    if let Some(said) = asked(script) {
        assert_eq!(said, "[1] [1, 2] [1, 2]");
    }
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
    if let Some(said) = asked(script) {
        assert_eq!(said, "True False");
    }
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
    if let Some(said) = asked(script) {
        assert_eq!(said, "waits ends");
    }
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
    if let Some(said) = asked(script) {
        assert_eq!(said, "False");
    }
}

#[test]
fn a_killed_reader_of_pythons_queue_stops_the_others() {
    let script = "
import time
queue = mp.Queue()
def read():
    queue.get()
child = mp.Process(target=read)
child.start()
# It has the reader's lock when nobody else can get it.
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
    if let Some(said) = asked(script) {
        assert_eq!(said, "Empty");
    }
}
