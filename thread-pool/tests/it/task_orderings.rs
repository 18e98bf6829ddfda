//! A task's state machine, and a function's that is lent to the pool, their own files compiled
//! against Loom's types: as it is, and with its orderings weakened. Loom reorders what may be
//! reordered, and sees two threads at the slot of which neither has come after the other.

#![expect(
    unsafe_code,
    reason = "the tests stand for the handle, which alone takes what came of a task"
)]

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc as StdArc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Wake, Waker};

use loom::sync::Arc;
use loom::sync::atomic::AtomicU32;
use loom::sync::atomic::Ordering::Relaxed;
use loom::thread;

use crate::fails;

std::thread_local! {
    /// How often the panic handler was told.
    static TOLD: Cell<u32> = const { Cell::new(0) };
}

/// Compiles the file in a module, under orderings that go by the names given.
macro_rules! loomed {
    ($module:ident: $($ordering:ident as $name:ident),*) => {
        #[path = ""]
        #[allow(dead_code, unreachable_pub, reason = "the tests below use a part of it")]
        mod $module {
            mod sync {
                pub(super) use loom::sync::{Mutex, MutexGuard};
                pub(super) use std::sync::PoisonError;
                pub(super) mod atomic {
                    pub(in super::super) use loom::sync::atomic::{AtomicBool, AtomicU32};
                    #[allow(non_snake_case, reason = "it stands for the enum")]
                    pub(in super::super) mod Ordering {
                        $(pub(in super::super::super) use loom::sync::atomic::Ordering::$ordering as $name;)*
                    }
                }
            }
            use loom::cell;
            #[path = "../../src/pool/outcome.rs"]
            pub(super) mod outcome;
            /// Stands for the pool's panic handler: a thread of a model has none.
            mod on_panic {
                #[derive(Default)]
                pub(super) struct OnPanic(());
                impl OnPanic {
                    pub(super) fn here() -> Self {
                        Self(())
                    }
                    pub(super) fn tell(&self, panic: super::outcome::Payload) {
                        super::super::TOLD.with(|told| told.set(told.get() + 1));
                        drop(panic);
                    }
                }
                pub(super) fn discard<T>(value: T) {
                    drop(value);
                }
            }
            #[path = "../../src/pool/task.rs"]
            pub(super) mod task;
            #[path = "../../src/pool/stealing/stack_job.rs"]
            mod stack_job;

            /// One thread has the job of a function that lies with the other, which looks whether
            /// it is over. Nobody is woken: Loom's unpark hands over all that the thread has
            /// written.
            pub(super) fn run_and_join() {
                let stack_job = super::Arc::new(stack_job::StackJob::new(|| 7, super::Waker::noop()));
                let stolen = super::Arc::clone(&stack_job);
                let thief = super::thread::spawn(move || {
                    // SAFETY: this thread stands for the one that has its job, and keeps it there.
                    unsafe { stolen.pointer() }.call();
                });
                while !stack_job.is_over() {
                    super::thread::yield_now();
                }
                // SAFETY: this thread is the one that waits for it, and it is over.
                let outcome = unsafe { stack_job.take() };
                assert!(matches!(outcome, stack_job::Slot::Outcome(Ok(7))));
                thief.join().expect("nothing panics");
            }
        }
    };
}

loomed!(as_it_is: Acquire as Acquire, Relaxed as Relaxed, Release as Release);
loomed!(relaxed_release: Acquire as Acquire, Relaxed as Relaxed, Relaxed as Release);
loomed!(relaxed_acquire: Relaxed as Acquire, Relaxed as Relaxed, Release as Release);

use as_it_is::outcome::End as _;
use relaxed_acquire::outcome::End as _;
use relaxed_release::outcome::End as _;

/// Wakes a thread of Loom's.
struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: StdArc<Self>) {
        self.0.unpark();
    }
}

/// One thread runs the task, the other waits for it as `Handle::wait` does, asleep if need be.
macro_rules! run_and_wait {
    ($module:ident) => {
        || {
            let task = Arc::new($module::task::Task::new(|| 7));
            let worker = Arc::clone(&task);
            let worker = thread::spawn(move || worker.run());
            let waker = Waker::from(StdArc::new(Unpark(thread::current())));
            let outcome = loop {
                // SAFETY: this thread has the handle's part alone.
                if let Some(outcome) = unsafe { task.take() } {
                    break outcome;
                }
                if task.wake_when_done(&waker) {
                    thread::park();
                }
            };
            assert!(matches!(outcome, Ok(7)));
            worker.join().expect("nothing panics");
        }
    };
}

/// One thread runs the task, the other gives it two callbacks: the second may come while the first
/// is called.
macro_rules! run_and_listen {
    ($module:ident) => {
        || {
            let calls = Arc::new(AtomicU32::new(0));
            let task = Arc::new($module::task::Task::new(|| 7));
            let worker = Arc::clone(&task);
            let worker = thread::spawn(move || worker.run());
            for _ in 0..2 {
                let called = Arc::clone(&calls);
                let callback = move |outcome: &$module::outcome::Outcome<i32>| {
                    assert!(matches!(outcome, Ok(7)));
                    called.fetch_add(1, Relaxed);
                };
                // SAFETY: this thread has the handle's part alone.
                unsafe { task.call_when_done(Box::new(callback)) };
            }
            worker.join().expect("nothing panics");
            assert_eq!(calls.load(Relaxed), 2, "each is called once");
        }
    };
}

#[test]
fn whoever_waits_gets_what_came_of_it_and_sleeps_no_longer() {
    loom::model(run_and_wait!(as_it_is));
}

#[test]
fn an_end_that_is_published_with_relaxed_is_seen_before_the_outcome() {
    fails("Causality violation", loom::model, run_and_wait!(relaxed_release));
}

#[test]
fn an_end_that_is_read_with_relaxed_is_seen_before_the_outcome() {
    fails("Causality violation", loom::model, run_and_wait!(relaxed_acquire));
}

/// One thread runs a task that writes somewhere; the other reads there if it sees that it is over.
macro_rules! run_and_look {
    ($module:ident) => {
        || {
            let written = Arc::new(AtomicU32::new(0));
            let writes = Arc::clone(&written);
            let task = Arc::new($module::task::Task::new(move || writes.store(7, Relaxed)));
            let worker = Arc::clone(&task);
            let worker = thread::spawn(move || worker.run());
            let over = task.is_done();
            assert!(!over || written.load(Relaxed) == 7, "it is over, and nothing is written");
            worker.join().expect("nothing panics");
        }
    };
}

#[test]
fn what_a_task_has_written_is_visible_to_whoever_sees_it_over() {
    loom::model(run_and_look!(as_it_is));
    fails("nothing is written", loom::model, run_and_look!(relaxed_acquire));
}

#[test]
fn who_lent_a_function_gets_what_came_of_it() {
    loom::model(as_it_is::run_and_join);
}

#[test]
fn a_lent_function_whose_end_is_published_with_relaxed_is_over_before_its_outcome() {
    fails("Causality violation", loom::model, || {
        relaxed_release::run_and_join();
    });
}

#[test]
fn a_lent_function_whose_end_is_read_with_relaxed_is_over_before_its_outcome() {
    fails("Causality violation", loom::model, || {
        relaxed_acquire::run_and_join();
    });
}

#[test]
fn a_callback_is_called_once_whether_it_comes_before_or_after_the_end() {
    loom::model(run_and_listen!(as_it_is));
}

#[test]
fn a_late_callback_that_reads_the_end_with_relaxed_meets_the_outcome_half_written() {
    fails("Causality violation", loom::model, run_and_listen!(relaxed_acquire));
}

#[test]
fn either_it_is_run_or_it_is_cancelled_and_what_it_holds_is_dropped_once() {
    loom::model(|| {
        let held = StdArc::new(());
        let (runs, holds) = (Arc::new(AtomicU32::new(0)), StdArc::clone(&held));
        let ran = Arc::clone(&runs);
        let task = Arc::new(as_it_is::task::Task::<_, ()>::new(move || {
            ran.fetch_add(1, Relaxed);
            drop(holds);
        }));
        let worker = Arc::clone(&task);
        let worker = thread::spawn(move || worker.run());
        let cancelled = task.give_up(as_it_is::outcome::TaskError::Cancelled);
        worker.join().expect("nothing panics");
        // SAFETY: this thread has the handle's part alone.
        let outcome = unsafe { task.take() }.expect("it is over");
        assert_eq!(outcome.is_err(), cancelled);
        assert_eq!(runs.load(Relaxed), u32::from(!cancelled));
        assert_eq!(StdArc::strong_count(&held), 1, "what it held is gone");
    });
}

#[test]
fn a_job_that_is_dropped_while_its_handle_cancels_ends_once() {
    loom::model(|| {
        let task = Arc::new(as_it_is::task::Task::<_, ()>::new(|| ()));
        let queue = Arc::clone(&task);
        let queue = thread::spawn(move || queue.give_up(as_it_is::outcome::TaskError::Dropped));
        let cancelled = task.give_up(as_it_is::outcome::TaskError::Cancelled);
        let dropped = queue.join().expect("nothing panics");
        assert_ne!(cancelled, dropped, "one of them ended it");
    });
}

#[test]
fn a_panic_whose_handle_is_dropped_is_told_once_by_the_worker_or_by_the_thread_that_drops_it() {
    let by_worker = StdArc::new(AtomicBool::new(false));
    let by_dropper = StdArc::new(AtomicBool::new(false));
    let (worker_ever, dropper_ever) = (StdArc::clone(&by_worker), StdArc::clone(&by_dropper));
    loom::model(move || {
        TOLD.set(0);
        let task = Arc::new(as_it_is::task::Task::<_, ()>::new(|| resume_unwind(Box::new(7))));
        let early = Arc::clone(&task);
        let worker = thread::spawn(move || catch_unwind(AssertUnwindSafe(|| early.run())).is_err());
        task.handle_dropped();
        let told = worker.join().expect("it is caught");
        // All threads of a model are one thread of the system.
        assert_eq!(u32::from(told) + TOLD.get(), 1);
        if told { &worker_ever } else { &dropper_ever }.store(true, SeqCst);
    });
    assert!(by_worker.load(SeqCst) && by_dropper.load(SeqCst), "both are among the schedules");
}

#[test]
fn a_panic_that_the_dropped_handle_reads_with_relaxed_is_met_half_written() {
    fails("Causality violation", loom::model, || {
        let task =
            Arc::new(relaxed_acquire::task::Task::<_, ()>::new(|| resume_unwind(Box::new(7))));
        let early = Arc::clone(&task);
        let worker = thread::spawn(move || catch_unwind(AssertUnwindSafe(|| early.run())).is_err());
        task.handle_dropped();
        worker.join().expect("it is caught");
    });
}
