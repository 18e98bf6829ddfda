//! Semaphore, barrier, event, latch and condition variable under Loom: as they are, and with their
//! orderings weakened.

use loom::sync::Mutex;
use loom::sync::atomic::AtomicU32;
use loom::sync::atomic::Ordering::Relaxed;

use crate::loomed::{
    Pair, as_it_is, fails, few, no_fence, relaxed_acquire, relaxed_release, together,
};

/// The permit of a semaphore of one is a lock.
macro_rules! one_permit {
    ($module:ident) => {
        || {
            let add = |(semaphore, pair): &($module::semaphore::Semaphore, Pair)| {
                let _permit = semaphore.enter();
                pair.add();
            };
            let one = $module::semaphore::Semaphore::bounded(1);
            let (shared, ()) = together!((one, Pair::new()), add; add);
            assert_eq!(shared.1.read(), 2, "a change is lost");
        }
    };
}

#[test]
fn one_permit_admits_one_at_a_time_and_makes_all_that_was_done_visible() {
    loom::model(one_permit!(as_it_is));
}

#[test]
fn a_permit_released_with_relaxed_loses_a_change() {
    fails("a change is lost", one_permit!(relaxed_release));
}

#[test]
fn a_permit_acquired_with_relaxed_loses_a_change() {
    fails("a change is lost", one_permit!(relaxed_acquire));
}

#[test]
fn a_release_without_the_fence_does_not_see_a_thread_that_waits() {
    fails("deadlock", one_permit!(no_fence));
}

#[test]
fn three_threads_share_two_permits() {
    few(2, || {
        let semaphore = (as_it_is::semaphore::Semaphore::bounded(2), AtomicU32::new(0));
        let enter = |(semaphore, inside): &(as_it_is::semaphore::Semaphore, AtomicU32)| {
            let _permit = semaphore.enter();
            assert!(inside.fetch_add(1, Relaxed) < 2, "a third");
            inside.fetch_sub(1, Relaxed);
        };
        together!(semaphore, enter, enter; enter);
    });
}

/// Each notes in a slot of its own that it has arrived, waits, and reads the other's; round after
/// round.
macro_rules! rounds {
    ($module:ident, $rounds:literal) => {
        || {
            type Rounds = ($module::barrier::Barrier, [AtomicU32; 2]);
            let come = |mine: usize| {
                move |(barrier, slots): &Rounds| {
                    let mut led = 0;
                    for round in 1..=$rounds {
                        slots[mine].store(round, Relaxed);
                        led += u32::from(barrier.wait());
                        assert!(slots[1 - mine].load(Relaxed) >= round, "not seen to have come");
                    }
                    slots[mine].store(10 + led, Relaxed);
                }
            };
            let slots = [AtomicU32::new(0), AtomicU32::new(0)];
            let barrier = $module::barrier::Barrier::new(2);
            let (shared, ()) = together!((barrier, slots), come(0); come(1));
            let led: u32 = shared.1.iter().map(|slot| slot.load(Relaxed) - 10).sum();
            assert_eq!(led, $rounds, "each round has one leader");
        }
    };
}

#[test]
fn no_thread_leaves_a_barrier_before_all_have_arrived_and_all_see_what_was_done_before() {
    loom::model(rounds!(as_it_is, 1));
    few(2, rounds!(as_it_is, 2));
}

#[test]
fn a_barrier_reached_with_relaxed_does_not_show_what_was_done_before() {
    fails("not seen to have come", rounds!(relaxed_release, 1));
}

#[test]
fn a_barrier_left_with_relaxed_does_not_show_what_was_done_before() {
    fails("not seen to have come", rounds!(relaxed_acquire, 1));
}

#[test]
fn three_threads_leave_a_barrier_together() {
    few(2, || {
        type Round = (as_it_is::barrier::Barrier, AtomicU32);
        let come = |(barrier, come): &Round| {
            come.fetch_add(1, Relaxed);
            barrier.wait();
            assert_eq!(come.load(Relaxed), 3);
        };
        together!((as_it_is::barrier::Barrier::new(3), AtomicU32::new(0)), come, come; come);
    });
}

/// What was done before a signal is visible to the thread that waited for it.
macro_rules! signalled {
    ($signal:ty, $new:expr, $give:ident) => {
        || {
            let give = |(signal, done): &($signal, AtomicU32)| {
                done.store(1, Relaxed);
                signal.$give();
            };
            let wait = |(signal, done): &($signal, AtomicU32)| {
                signal.wait();
                assert_eq!(done.load(Relaxed), 1, "{} shows nothing", stringify!($signal));
            };
            together!(($new, AtomicU32::new(0)), give; wait);
        }
    };
}

#[test]
fn what_was_done_before_a_signal_is_visible_after_it() {
    use as_it_is::event::{AutoEvent, Event};
    use as_it_is::latch::Latch;
    loom::model(signalled!(Event, Event::new(), set));
    loom::model(signalled!(AutoEvent, AutoEvent::new(), set));
    loom::model(signalled!(Latch, Latch::new(1), count_down));
}

#[test]
fn a_signal_given_with_relaxed_does_not_show_what_was_done_before() {
    use relaxed_release::event::{AutoEvent, Event};
    use relaxed_release::latch::Latch;
    fails(": Event shows nothing", signalled!(Event, Event::new(), set));
    fails(": AutoEvent shows nothing", signalled!(AutoEvent, AutoEvent::new(), set));
    fails(": Latch shows nothing", signalled!(Latch, Latch::new(1), count_down));
}

#[test]
fn a_signal_received_with_relaxed_does_not_show_what_was_done_before() {
    use relaxed_acquire::event::{AutoEvent, Event};
    use relaxed_acquire::latch::Latch;
    fails(": Event shows nothing", signalled!(Event, Event::new(), set));
    fails(": AutoEvent shows nothing", signalled!(AutoEvent, AutoEvent::new(), set));
    fails(": Latch shows nothing", signalled!(Latch, Latch::new(1), count_down));
}

#[test]
fn what_was_done_before_each_count_down_is_visible_after_the_latch() {
    few(3, || {
        type Work = (as_it_is::latch::Latch, [AtomicU32; 2]);
        let work = |mine: usize| {
            move |(latch, done): &Work| {
                done[mine].store(1, Relaxed);
                latch.count_down();
            }
        };
        let wait = |(latch, done): &Work| {
            latch.wait();
            assert!(done.iter().all(|done| done.load(Relaxed) == 1));
        };
        let work_to_do = (as_it_is::latch::Latch::new(2), [AtomicU32::new(0), AtomicU32::new(0)]);
        together!(work_to_do, work(0), work(1); wait);
    });
}

#[test]
fn an_event_that_is_set_and_cleared_lets_a_thread_that_waited_go_on() {
    // The second set is for whoever comes after the clear.
    loom::model(|| {
        let pulse = |event: &as_it_is::event::Event| {
            event.set();
            event.clear();
            event.set();
        };
        together!(as_it_is::event::Event::new(), pulse; as_it_is::event::Event::wait);
    });
}

type Waits = as_it_is::condvar::Condvar;
type Flag = (Waits, Mutex<bool>);

fn raise((raised, flag): &Flag) {
    *flag.lock().expect("nobody panics with it") = true;
    raised.notify_one();
}

#[test]
fn a_notification_between_the_release_of_the_mutex_and_the_sleep_is_not_lost() {
    let wait = |(raised, flag): &Flag| {
        let mut guard = flag.lock().expect("nobody panics with it");
        while !*guard {
            let seen = raised.enlist();
            drop(guard);
            raised.sleep(seen);
            guard = flag.lock().expect("nobody panics with it");
        }
    };
    loom::model(move || drop(together!((Waits::new(), Mutex::new(false)), raise; wait)));
    few(2, move || {
        drop(together!((Waits::new(), Mutex::new(false)), raise, raise; wait));
    });
}

#[test]
fn a_waiter_that_releases_the_mutex_before_it_counts_itself_in_is_forgotten() {
    fails("deadlock", || {
        let wait = |(raised, flag): &Flag| {
            let guard = flag.lock().expect("nobody panics with it");
            let is_raised = *guard;
            drop(guard);
            if !is_raised {
                let seen = raised.enlist();
                raised.sleep(seen);
            }
        };
        together!((Waits::new(), Mutex::new(false)), raise; wait);
    });
}
