//! The inbox's own file, compiled against Loom, which tries every interleaving and every order that
//! the memory model allows: once as it is, and once more for each thing that it relies on, with
//! that taken away.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What Loom has in the place of std's.
mod as_it_is {
    pub(super) use loom::sync::Mutex;
    pub(super) use loom::thread::{Thread, current};
}

/// An unpark that can be looked for: Loom ends the process when it finds a thread that sleeps for
/// ever, and no thread may be unparked that is joining.
mod token {
    pub(super) use loom::sync::Mutex;
    use loom::sync::atomic::{AtomicBool, Ordering::AcqRel, Ordering::Relaxed, Ordering::Release};

    loom::lazy_static! { static ref TOKEN: AtomicBool = AtomicBool::new(false); }

    #[derive(Debug)]
    pub(super) struct Thread;

    pub(super) fn current() -> Thread {
        Thread
    }

    impl Thread {
        pub(super) fn unpark(&self) {
            TOKEN.store(true, Release);
        }
    }

    /// Returns whether `park` would return at once.
    pub(super) fn taken() -> bool {
        TOKEN.compare_exchange(true, false, AcqRel, Relaxed).is_ok()
    }
}

/// An unpark that is forgotten.
mod without_unpark {
    pub(super) use loom::sync::Mutex;

    #[derive(Debug)]
    pub(super) struct Thread;

    pub(super) fn current() -> Thread {
        Thread
    }

    impl Thread {
        pub(super) fn unpark(&self) {}
    }
}

/// A lock that excludes the others, since Loom runs one thread until its next access, and orders
/// nothing.
mod without_order {
    #![allow(unsafe_code, reason = "a lock of our own")]

    use std::cell::UnsafeCell;
    use std::convert::Infallible;

    pub(super) use super::token::{Thread, current};
    use loom::sync::atomic::{AtomicU32, Ordering::Relaxed};

    #[derive(Debug)]
    pub(super) struct Mutex<T>(AtomicU32, UnsafeCell<T>);

    // SAFETY: a shared `Mutex` gives out `&mut T`, so that no two may be used at once. Loom switches
    // threads at its own accesses alone, and the inbox makes none between `lock` and its last use
    // of what it got.
    unsafe impl<T: Send> Sync for Mutex<T> {}

    impl<T> Mutex<T> {
        pub(super) fn new(value: T) -> Self {
            Self(AtomicU32::new(0), UnsafeCell::new(value))
        }

        #[allow(clippy::mut_from_ref, reason = "as a lock does")]
        pub(super) fn lock(&self) -> Result<&mut T, Infallible> {
            self.0.fetch_add(1, Relaxed);
            // SAFETY: the pointer is the cell's own; no other reference is in use, as argued above.
            Ok(unsafe { &mut *self.1.get() })
        }
    }
}

/// Compiles the inbox against one of these, with what is asked of it.
macro_rules! loomed {
    ($module:ident: $made_of:ident) => {
        #[path = ""]
        mod $module {
            #![allow(dead_code, unused_mut, reason = "each is asked for what it can get wrong")]

            use loom::sync::Arc;
            use loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
            use loom::thread;

            mod sync {
                pub(super) use super::super::$made_of::{Mutex, Thread, current};
            }
            #[path = "../../src/executor/inbox.rs"]
            mod inbox;

            use inbox::Inbox;

            /// Two threads write and wake one task, which is there once. What its poll saw, or
            /// another one that is sure to come, has both. It is taken out before the poll or after.
            pub(super) fn no_wake_up_is_lost(before_the_poll: bool) {
                let (inbox, written) = (Arc::new(Inbox::default()), Arc::new(AtomicU32::new(0)));
                let threads = [(), ()].map(|()| {
                    let (inbox, written) = (Arc::clone(&inbox), Arc::clone(&written));
                    thread::spawn(move || {
                        written.fetch_add(1, Relaxed);
                        inbox.post(());
                    })
                });
                if before_the_poll {
                    inbox.take();
                }
                let seen = written.load(Relaxed);
                if !before_the_poll {
                    inbox.take();
                }
                threads.into_iter().for_each(|thread| thread.join().unwrap());
                let left = inbox.take().len();
                assert!(left <= 1, "it is there {left} times");
                assert!(seen == 2 || left == 1, "it saw {seen} of 2, and nothing will wake it");
            }

            /// A thread parks whenever it finds nothing, until it has found two: it ends.
            pub(super) fn it_does_not_park_for_ever() {
                // Not the first thread, which has to join.
                let owner = thread::spawn(move || {
                    let inbox = Arc::new(Inbox::default());
                    let inbox2 = Arc::clone(&inbox);
                    let posts = thread::spawn(move || [1, 2].map(|one| inbox2.post(one)));
                    let mut found = Vec::new();
                    while found.len() < 2 {
                        let more = inbox.take();
                        if more.is_empty() {
                            thread::park();
                        }
                        found.extend(more);
                    }
                    (found, posts)
                });
                let (found, posts) = owner.join().unwrap();
                posts.join().unwrap();
                assert_eq!(found, [1, 2], "in FIFO order");
            }

            /// The owner looks, parks if there is nothing, and looks again when it is woken: it has
            /// found what was put in, or will be woken.
            pub(super) fn a_parked_owner_is_woken(taken: fn() -> bool) {
                let inbox = Arc::new(Inbox::default());
                let inbox2 = Arc::clone(&inbox);
                let thread = thread::spawn(move || inbox2.post(()));
                let found = !inbox.take().is_empty() || taken() && !inbox.take().is_empty();
                thread.join().unwrap();
                assert!(found || taken(), "it sleeps for ever");
            }
        }
    };
}

loomed!(right: as_it_is);
loomed!(right_with_token: token);
loomed!(never_unparks: without_unpark);
loomed!(orders_nothing: without_order);

/// Explores every execution with two preemptions at the most.
fn model(run: impl Fn() + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(run);
}

/// Returns the fault that Loom finds.
fn found(run: impl Fn() + Sync + Send + 'static) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(|| model(run))) else {
        return String::from("nothing");
    };
    let text = panic.downcast_ref().map(|text: &String| text.as_str());
    String::from(text.or(panic.downcast_ref().copied()).unwrap_or("a panic without words"))
}

const LOST: &str = "nothing will wake it";

#[test]
fn what_was_written_before_a_wake_up_is_visible_to_the_poll_after_it() {
    model(|| right_with_token::no_wake_up_is_lost(true));
}

#[test]
fn a_lock_that_orders_nothing_is_found() {
    assert!(found(|| orders_nothing::no_wake_up_is_lost(true)).contains(LOST));
}

#[test]
fn a_poll_before_the_wake_up_is_taken_out_is_found() {
    assert!(found(|| right_with_token::no_wake_up_is_lost(false)).contains(LOST));
}

#[test]
fn an_owner_that_parks_is_woken() {
    model(right::it_does_not_park_for_ever);
    model(|| right_with_token::a_parked_owner_is_woken(token::taken));
}

#[test]
fn an_unpark_that_is_forgotten_is_found() {
    assert_eq!(found(|| never_unparks::a_parked_owner_is_woken(|| false)), "it sleeps for ever");
}
