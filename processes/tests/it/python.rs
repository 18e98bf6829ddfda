//! What the README states about Python, if there is a Python to ask.

use checks::python;

#[test]
fn pythons_daemon_dies_when_its_parent_ends_well_and_lives_on_when_it_is_killed() {
    // The parent is forked with a pipe; the child writes whether it has another parent once the first
    // one is gone.
    let script = "
import multiprocessing, os, signal, sys
fork = multiprocessing.get_context('fork')
def child(ready, gone, said):
    parent = os.getppid()
    os.write(ready, b'.')
    os.read(gone, 1)
    os.write(said, b'lives' if os.getppid() != parent else b'same parent')
def run(end):
    ready, gone, said = os.pipe(), os.pipe(), os.pipe()
    parent = os.fork()
    if parent == 0:
        os.close(gone[1])
        fork.Process(target=child, args=(ready[1], gone[0], said[1]), daemon=True).start()
        os.read(ready[0], 1)
        if end == 'killed':
            os.kill(os.getpid(), signal.SIGKILL)
        multiprocessing.util._exit_function()
        os._exit(0)
    os.close(said[1])
    os.waitpid(parent, 0)
    os.close(gone[1])
    print(end, os.read(said[0], 99).decode() or 'is gone', flush=True)
run('well')
run('killed')
";
    if let Some(said) = python(script) {
        assert_eq!(said, "well is gone\nkilled lives");
    }
}

#[test]
fn pythons_name_for_a_process_is_known_to_python_alone() {
    let script = "
import multiprocessing
# In two parts, so that it is not in the command line as a part of this text.
name = 'index' + 'er'
def child(pipe):
    command, title = open('/proc/self/cmdline').read(), open('/proc/self/comm').read()
    pipe.send((name in command, name in title, multiprocessing.current_process().name))
here, there = multiprocessing.Pipe()
process = multiprocessing.get_context('fork').Process(target=child, args=(there,), name=name)
process.start()
print(*here.recv())
process.join()
";
    if cfg!(target_os = "linux")
        && let Some(said) = python(script)
    {
        assert_eq!(said, "False False indexer");
    }
}

#[test]
fn pythons_cpu_count_knows_nothing_of_a_limit() {
    let script = "
import os
online = os.cpu_count()
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
print(os.cpu_count() == online, len(os.sched_getaffinity(0)))
";
    if cfg!(target_os = "linux")
        && let Some(said) = python(script)
    {
        assert_eq!(said, "True 1");
    }
}

#[test]
fn pythons_process_class_keeps_what_run_sets_in_the_child() {
    let script = "
import multiprocessing
fork = multiprocessing.get_context('fork')
class Adder(fork.Process):
    total = 0
    def run(self):
        self.total = sum(range(11))
adder = Adder()
adder.start()
adder.join()
print(adder.total, adder.exitcode)
";
    if let Some(said) = python(script) {
        assert_eq!(said, "0 0");
    }
}

#[test]
fn pythons_count_of_threads_is_of_its_own_threads_only() {
    let script = "
import threading, _thread
def count():
    lines = open('/proc/self/status')
    return int(next(line.split()[1] for line in lines if line.startswith('Threads')))
end, begun = threading.Event(), threading.Semaphore(0)
def work():
    begun.release()
    end.wait()
threads = [threading.Thread(target=work) for _ in range(10)]
for thread in threads: thread.start()
_thread.start_new_thread(work, ())
for _ in range(11): begun.acquire()
print(threading.active_count(), count())
end.set()
for thread in threads: thread.join()
";
    if cfg!(target_os = "linux")
        && let Some(said) = python(script)
    {
        assert_eq!(said, "11 12");
    }
}

#[test]
fn an_exception_in_pythons_process_is_an_exit_code_of_1_and_join_says_nothing() {
    let script = "
import multiprocessing, os
def child():
    os.close(2)  # where the message would go
    raise ValueError('ten is no number')
process = multiprocessing.get_context('fork').Process(target=child)
process.start()
print(process.join(), process.exitcode)
";
    if let Some(said) = python(script) {
        assert_eq!(said, "None 1");
    }
}
