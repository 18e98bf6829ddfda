//! What threads do by turns with a block, its parts and its places: their own files,
//! compiled against Loom's types, which reorder what may be reordered; and once more with an
//! ordering weakened.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc as StdArc;
use std::task::{Wake, Waker};

use loom::sync::Arc;
use loom::sync::atomic::{AtomicU32, Ordering::Relaxed, Ordering::SeqCst};
use loom::thread;

mod cell;
mod foreign;

/// A task, which has to be dropped once.
type Task = StdArc<usize>;

/// Compiles the files in a module, under orderings that go by the names given.
macro_rules! loomed {
    ($module:ident: $($ordering:ident as $name:ident),*) => {
        #[path = ""]
        #[allow(dead_code, unreachable_pub, reason = "the tests below use a part of it")]
        mod $module {
            mod sync {
                pub(super) use loom::sync::{Arc, Condvar, Mutex, MutexGuard};
                pub(super) use std::sync::PoisonError;
                pub(super) mod atomic {
                    pub(in super::super) use loom::sync::atomic::AtomicU64;
                    #[allow(non_snake_case, reason = "it stands for the enum")]
                    pub(in super::super) mod Ordering {
                        $(
                            pub(in super::super::super) use loom::sync::atomic::Ordering::$ordering as $name;
                        )*
                    }
                }
            }
            use super::cell;
            mod error {
                #[derive(Debug)]
                pub enum Error {
                    Cancelled,
                }
            }
            mod protocol {
                pub(super) fn catch_panic<R>(body: impl FnOnce() -> R) -> Result<R, String> {
                    Ok(body())
                }
            }
            #[path = "../../src/pool/block.rs"]
            pub(super) mod block;
            #[path = "../../src/pool/cells.rs"]
            mod cells;
            #[path = "../../src/pool/part.rs"]
            pub(super) mod part;
            #[path = "../../src/pool/place.rs"]
            pub(super) mod place;

            use super::{Arc, Relaxed, AtomicU32, Task, thread};
            use block::Next;
            use part::Part;
            use place::{Place, Places};

            /// Returns the tasks of a block, each with its number, and their places.
            pub(super) fn block<R, const TASKS: usize>()
            -> (Part<Task, R>, [Place<Task, R>; TASKS]) {
                let mut places = Places::new(TASKS);
                let given = std::array::from_fn(|number| places.fill(Task::new(number)));
                (places.part(), given)
            }

            /// Ends tasks with results, and wakes and calls what waits for them.
            pub(super) fn end<R: Send + 'static>(
                mut part: Part<Task, R>,
                result: impl Fn(usize) -> R,
            ) {
                part.end_all(|task| Ok(result(**task)));
                let mut next = Vec::new();
                part.publish(&mut next);
                for next in next {
                    match next {
                        Next::Threads(block) => block.wake(),
                        Next::Wake(waker) => waker.wake(),
                        Next::Call(call) => call(),
                    }
                }
            }

            /// One thread ends a task that has written somewhere; the other polls.
            pub(super) fn end_and_poll() {
                let (part, [place]) = block();
                let (written, mut place) = (Arc::new(AtomicU32::new(0)), Some(place));
                let writes = Arc::clone(&written);
                let ends = thread::spawn(move || {
                    writes.store(7, Relaxed);
                    end(part, |_| 7);
                });
                // In a loop: a single poll is not tried behind the end, for Loom remembers the last
                // access alone, which is the other thread's own.
                let outcome = loop {
                    match Place::take(&mut place) {
                        Some(outcome) => break outcome,
                        None => thread::yield_now(),
                    }
                };
                assert!(matches!(outcome, Ok(7)));
                assert_eq!(written.load(Relaxed), 7, "it is over, and nothing is written");
                ends.join().expect("nothing panics");
            }

            /// Two handles take their outcomes; the last of them frees the block.
            pub(super) fn take_both() {
                let (part, [one, other]) = block();
                end(part, |number| number);
                let takes = thread::spawn(move || Place::take(&mut Some(one)));
                assert!(matches!(Place::take(&mut Some(other)), Some(Ok(1))));
                assert!(matches!(takes.join(), Ok(Some(Ok(0)))));
            }
        }
    };
}

loomed!(as_it_is: AcqRel as AcqRel, Acquire as Acquire, Relaxed as Relaxed, Release as Release);
loomed!(relaxed_store: AcqRel as AcqRel, Acquire as Acquire, Relaxed as Relaxed, Relaxed as Release);
loomed!(relaxed_look: AcqRel as AcqRel, Relaxed as Acquire, Relaxed as Relaxed, Release as Release);
loomed!(relaxed_release: Relaxed as AcqRel, Acquire as Acquire, Relaxed as Relaxed, Release as Release);

use as_it_is::place::{Place, Places};
use as_it_is::{block, end};

/// Asserts that Loom finds two accesses of a cell of which neither has come after the other.
fn races(model: impl Fn() + Send + Sync + 'static) {
    let found = catch_unwind(AssertUnwindSafe(|| loom::model(model)));
    let said = found.expect_err("Loom found no schedule in which it fails");
    let said = said.downcast_ref::<String>().expect("a panic has a text");
    assert!(said.contains("Causality violation"), "{said}");
}

#[test]
fn a_task_that_is_over_has_its_outcome_in_place() {
    loom::model(as_it_is::end_and_poll);
}

#[test]
fn an_outcome_that_is_published_with_relaxed_is_taken_before_it_is_written() {
    races(relaxed_store::end_and_poll);
}

#[test]
fn an_outcome_that_is_looked_for_with_relaxed_is_taken_before_it_is_written() {
    races(relaxed_look::end_and_poll);
}

#[test]
fn the_place_that_is_released_last_frees_the_block() {
    loom::model(as_it_is::take_both);
}

#[test]
fn a_block_whose_places_are_released_with_relaxed_is_freed_while_one_is_in_use() {
    races(relaxed_release::take_both);
}

#[test]
fn a_thread_that_waits_is_woken_by_the_end() {
    loom::model(|| {
        let (part, [place]) = block();
        let ends = thread::spawn(move || end(part, |_| 7));
        place.wait(None);
        assert!(matches!(Place::take(&mut Some(place)), Some(Ok(7))));
        ends.join().expect("nothing panics");
    });
}

struct Woken(AtomicU32);

impl Wake for Woken {
    fn wake(self: StdArc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

#[test]
fn a_waker_that_comes_before_or_after_the_end_is_woken_once_and_the_outcome_is_left() {
    loom::model(|| {
        let (part, [place]) = block();
        let ends = thread::spawn(move || end(part, |_| 7));
        let woken = StdArc::new(Woken(AtomicU32::new(0)));
        place.wake(Waker::from(StdArc::clone(&woken)));
        ends.join().expect("nothing panics");
        assert_eq!(woken.0.load(SeqCst), 1);
        assert!(matches!(Place::take(&mut Some(place)), Some(Ok(7))));
    });
}

#[test]
fn a_poll_that_finds_nothing_has_left_a_waker_that_is_woken() {
    loom::model(|| {
        let (part, [place]) = block();
        let ends = thread::spawn(move || end(part, |_| 7));
        let woken = StdArc::new(Woken(AtomicU32::new(0)));
        place.wake(Waker::from(StdArc::clone(&woken)));
        let mut place = Some(place);
        let early = Place::take(&mut place);
        ends.join().expect("nothing panics");
        assert!(early.is_some() || woken.0.load(SeqCst) > 0, "nobody polls again");
        assert!(matches!(early.or_else(|| Place::take(&mut place)), Some(Ok(7))));
    });
}

#[test]
fn a_callback_is_called_once_whether_it_comes_before_or_after_the_end() {
    loom::model(|| {
        let (part, [place]) = block();
        let ends = thread::spawn(move || end(part, |_| 7));
        let calls = Arc::new(AtomicU32::new(0));
        let called = Arc::clone(&calls);
        let late = place.call(Box::new(move |outcome| {
            assert!(matches!(outcome, Ok(7)));
            called.fetch_add(1, Relaxed);
        }));
        if let Some(late) = late {
            late();
        }
        ends.join().expect("nothing panics");
        assert_eq!(calls.load(Relaxed), 1);
    });
}

#[test]
fn a_task_is_either_cancelled_or_over_with_its_result() {
    loom::model(|| {
        let (part, [place]) = block();
        let ends = thread::spawn(move || end(part, |_| 7));
        let cancelled = place.cancel();
        ends.join().expect("nothing panics");
        let outcome = Place::take(&mut Some(place)).expect("it is over");
        assert_eq!(outcome.is_err(), cancelled);
    });
}

#[test]
fn a_task_that_is_cancelled_while_it_is_sent_goes_to_no_worker() {
    loom::model(|| {
        let (part, [place]) = block::<u32, 1>();
        let sends = thread::spawn(move || part.send());
        let cancelled = place.cancel();
        let left_out = sends.join().expect("nothing panics") == 1;
        assert_eq!(left_out, cancelled);
    });
}

#[test]
fn an_outcome_whose_handle_is_dropped_is_dropped_once() {
    loom::model(|| {
        let held = StdArc::new(());
        let (part, [place]) = block();
        let result = StdArc::clone(&held);
        let ends = thread::spawn(move || end(part, |_| StdArc::clone(&result)));
        drop(place);
        ends.join().expect("nothing panics");
        assert_eq!(StdArc::strong_count(&held), 1);
    });
}

#[test]
fn a_task_is_dropped_once_whether_it_is_over_or_cancelled_or_never_goes_anywhere() {
    loom::model(|| {
        let task = Task::new(7);
        let mut places: Places<Task, usize> = Places::new(4);
        let [first, second, third, _] =
            std::array::from_fn(|number| (number < 3).then(|| places.fill(StdArc::clone(&task))));
        let mut part = places.part();
        // This one is no part's.
        drop(places.fill(StdArc::clone(&task)));
        drop(places);
        assert_eq!(StdArc::strong_count(&task), 4);
        assert!(second.as_ref().is_some_and(Place::cancel));
        end(part.split(1), |number| number);
        assert_eq!(StdArc::strong_count(&task), 3);
        // The cancelled one is in its cell until its part is at it.
        end(part.split(1), |number| number);
        assert_eq!(StdArc::strong_count(&task), 2);
        drop(part);
        assert_eq!(StdArc::strong_count(&task), 1);
        let outcomes = [first, second, third].map(|mut place| Place::take(&mut place));
        assert!(matches!(outcomes, [Some(Ok(7)), Some(Err(_)), None]));
    });
}
