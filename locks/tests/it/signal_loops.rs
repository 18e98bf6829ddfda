//! The two loops in which a thread waits for a signal that says "look again": under Loom, and on
//! real threads.
//!
//! What is looked at is Relaxed in the models: only the signal orders it. A signal that writes
//! nothing because it finds the event set already orders nothing, and the other thread waits for
//! ever: Loom calls that a deadlock.

use std::sync::atomic::AtomicU32 as RealAtomicU32;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::thread::scope;

use locks::real::primitives::event::AutoEvent;
use loom::sync::atomic::AtomicU32;
use loom::sync::atomic::Ordering::Relaxed;

use crate::loomed::{as_it_is, fails, few, relaxed_acquire, together};

/// One thread writes 1 and signals, writes 2 and signals; the other one waits until it reads 2.
macro_rules! two_letters {
    ($signal:expr, $give:expr, $wait:expr) => {
        move || {
            let post = |(signal, mail): &(_, AtomicU32)| {
                for letter in 1..=2 {
                    mail.store(letter, Relaxed);
                    $give(signal);
                }
            };
            let fetch = |(signal, mail): &(_, AtomicU32)| {
                $wait(signal, &|| mail.load(Relaxed) == 2)
            };
            together!(($signal, AtomicU32::new(0)), post; fetch);
        }
    };
}

/// Two threads write and signal, a box each; the third one waits until both have written.
macro_rules! two_senders {
    ($signal:expr, $give:expr, $wait:expr) => {
        move || {
            let post = |mine: usize| {
                move |(signal, mail): &(_, [AtomicU32; 2])| {
                    mail[mine].store(1, Relaxed);
                    $give(signal);
                }
            };
            let fetch = |(signal, mail): &(_, [AtomicU32; 2])| {
                $wait(signal, &|| mail.iter().all(|letter| letter.load(Relaxed) == 1));
            };
            let mail = [AtomicU32::new(0), AtomicU32::new(0)];
            together!(($signal, mail), post(0), post(1); fetch);
        }
    };
}

fn look_then_wait(event: &as_it_is::event::AutoEvent, done: &dyn Fn() -> bool) {
    while !done() {
        event.wait();
    }
}

#[test]
fn an_auto_reset_event_that_is_set_twice_shows_the_second_letter() {
    use as_it_is::event::AutoEvent;
    few(2, two_letters!(AutoEvent::new(), AutoEvent::set, look_then_wait));
    few(2, two_senders!(AutoEvent::new(), AutoEvent::set, look_then_wait));
}

#[test]
fn a_permit_that_is_refused_shows_what_was_done_before_it_was_offered() {
    use as_it_is::semaphore::Semaphore;
    fn full() -> Semaphore {
        let semaphore = Semaphore::bounded(1);
        semaphore.acquire();
        semaphore
    }
    fn look_then_take(semaphore: &Semaphore, done: &dyn Fn() -> bool) {
        while !done() {
            semaphore.acquire();
        }
    }
    fn give(semaphore: &Semaphore) {
        // It is refused where the permit that was given before is there still.
        let _ = semaphore.release();
    }
    few(2, two_letters!(full(), give, look_then_take));
    few(2, two_senders!(full(), give, look_then_take));
}

/// Two loops around an event, as functions in a module.
macro_rules! loops {
    ($name:ident: $module:ident) => {
        mod $name {
            use crate::loomed::$module::event::Event;

            pub(super) fn clear_look_wait(event: &Event, done: &dyn Fn() -> bool) {
                loop {
                    event.clear();
                    if done() {
                        return;
                    }
                    event.wait();
                }
            }

            #[allow(dead_code, reason = "one of the two modules needs one loop only")]
            pub(super) fn wait_clear_look(event: &Event, done: &dyn Fn() -> bool) {
                loop {
                    event.wait();
                    event.clear();
                    if done() {
                        return;
                    }
                }
            }
        }
    };
}
loops!(strong: as_it_is);
loops!(weak: relaxed_acquire);

#[test]
fn clear_look_wait_loses_no_signal_of_an_event() {
    use as_it_is::event::Event;
    few(2, two_letters!(Event::new(), Event::set, strong::clear_look_wait));
    few(2, two_senders!(Event::new(), Event::set, strong::clear_look_wait));
}

#[test]
fn wait_clear_look_loses_no_signal_of_an_event() {
    use as_it_is::event::Event;
    few(2, two_letters!(Event::new(), Event::set, strong::wait_clear_look));
    few(2, two_senders!(Event::new(), Event::set, strong::wait_clear_look));
}

#[test]
fn an_event_that_is_cleared_with_relaxed_loses_a_signal() {
    use relaxed_acquire::event::Event;
    fails("deadlock", two_letters!(Event::new(), Event::set, weak::clear_look_wait));
}

checks::within_a_minute! {
    #[test]
    fn a_thread_that_looks_before_it_waits_gets_the_last_of_two_letters() {
        let (mail, posted, fetched) = (RealAtomicU32::new(0), AutoEvent::new(), AutoEvent::new());
        const ROUNDS: u32 = 2_000;
        scope(|scope| {
            scope.spawn(|| for round in 1..=ROUNDS {
                for letter in [2 * round - 1, 2 * round] {
                    mail.store(letter, Release);
                    posted.set();
                }
                fetched.wait();
            });
            for round in 1..=ROUNDS {
                while mail.load(Acquire) != 2 * round {
                    posted.wait();
                }
                fetched.set();
            }
        });
    }
}
