//! What the README says of Python, asked of Python where there is one.

/// Makes tests that run a script and assert what it prints, where there is a Python.
macro_rules! python_says {
    ($($name:ident: $said:literal, $script:literal)*) => {$(
        #[test]
        fn $name() {
            if let Some(said) = checks::python($script) {
                assert_eq!(said, $said);
            }
        }
    )*};
}

python_says! {
pythons_lock_may_not_be_nested_and_its_rlock_may:
"False\nTrue", "
import threading
for lock in threading.Lock(), threading.RLock():
    lock.acquire()
    print(lock.acquire(timeout=0.01))
"

pythons_lock_can_be_released_by_a_thread_that_does_not_hold_it_and_its_rlock_cannot:
"released\nrefused", "
import threading
for lock in threading.Lock(), threading.RLock():
    lock.acquire()
    said = []
    def release():
        try:
            lock.release()
            said.append('released')
        except RuntimeError:
            said.append('refused')
    thread = threading.Thread(target=release)
    thread.start(); thread.join()
    print(said[0])
"

after_an_exception_pythons_lock_is_free_and_no_thread_is_told_that_the_value_is_half_done:
"60", "
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
"

pythons_rlock_lets_its_thread_change_a_list_that_it_is_walking_through:
"[2, 4]", "
import threading
lock, numbers = threading.RLock(), [1, 2, 3, 4]
def drop(number):
    with lock:
        numbers.remove(number)
with lock:
    for number in numbers:
        drop(number)
print(numbers)
"

pythons_semaphore_takes_a_permit_too_many_and_its_bounded_one_raises:
"[True, True, True, False]\nSemaphore released too many times", "
import threading
plain, bounded = threading.Semaphore(2), threading.BoundedSemaphore(2)
plain.release()
print([plain.acquire(blocking=False) for _ in range(4)])
try:
    bounded.release()
except ValueError as error:
    print(error)
"

pythons_event_stays_set_until_it_is_cleared_and_misses_a_pulse:
"True True\nFalse", "
import threading
event = threading.Event()
event.set()
print(event.wait(0), event.wait(0))
event.clear()
event.set(); event.clear()
print(event.wait(0.01))
"

pythons_barrier_tells_one_of_each_round_that_it_is_number_0:
"50", "
import threading
barrier, led = threading.Barrier(3), []
def run():
    for _ in range(50):
        if barrier.wait() == 0: led.append(1)
threads = [threading.Thread(target=run) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(led))
"

pythons_barrier_that_one_gives_up_on_is_broken_for_all:
"broken\nbroken", "
import threading
barrier = threading.Barrier(2)
for timeout in 0.01, None:
    try:
        barrier.wait(timeout)
    except threading.BrokenBarrierError:
        print('broken')
"

pythons_condition_refuses_a_notification_without_its_lock:
"refused", "
import threading
condition = threading.Condition()
try:
    condition.notify()
except RuntimeError as error:
    print('refused')
with condition:
    condition.notify()
"

python_sets_signal_handlers_on_its_main_thread_only:
"refused\nTrue", "
import signal, threading
def run():
    try:
        signal.signal(signal.SIGUSR1, lambda *_: None)
    except ValueError:
        print('refused')
thread = threading.Thread(target=run)
thread.start(); thread.join()
on_main = lambda: threading.current_thread() is threading.main_thread()
signal.signal(signal.SIGUSR1, lambda *_: print(on_main()))
thread = threading.Thread(target=lambda: signal.pthread_kill(threading.get_ident(), signal.SIGUSR1))
thread.start(); thread.join()
"

pythons_threading_has_neither_a_reader_writer_lock_nor_a_spin_lock:
"['Lock', 'RLock']", "
import threading
print([name for name in dir(threading) if 'lock' in name.lower() and not name.startswith('_')])
"
}
