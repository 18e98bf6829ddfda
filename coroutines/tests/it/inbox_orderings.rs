//! The inbox's own file, compiled against Loom, which tries every interleaving and every order that
//! memory may show: once as it is, and once more for each thing that it relies on, with that taken
//! away.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What Loom has in the place of std's.
mod as_it_is {
    pub(super) use loom::sync::Mutex;
    pub(super) use loom::sync::atomic::{AtomicBool, Ordering};
    pub(super) use loom::thread::{Thread, current};
}

/// An unpark that can be looked for: Loom ends the process when it finds a thread that sleeps for
/// ever, and lets nobody unpark who is joining.
mod token {
    pub(super) use loom::sync::Mutex;
    pub(super) use loom::sync::atomic::{AtomicBool, Ordering};
    use loom::sync::atomic::{Ordering::AcqRel, Ordering::Relaxed, Ordering::Release};

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

    /// Tells whether `park` would go on at once.
    pub(super) fn taken() -> bool {
        TOKEN.compare_exchange(true, false, AcqRel, Relaxed).is_ok()
    }
}

/// An unpark that is forgotten.
mod without_unpark {
    pub(super) use loom::sync::Mutex;
    pub(super) use loom::sync::atomic::{AtomicBool, Ordering};

    #[derive(Debug)]
    pub(super) struct Thread;

    pub(super) fn current() -> Thread {
        Thread
    }

    impl Thread {
        pub(super) fn unpark(&self) {}
    }
}

/// A lock that keeps the others out, since Loom runs one thread until its next access, and orders
/// nothing.
mod without_order {
    #![allow(unsafe_code, reason = "a lock of our own")]

    use std::cell::UnsafeCell;
    use std::convert::Infallible;

    pub(super) use super::token::{AtomicBool, Ordering, Thread, current};
    use loom::sync::atomic::{AtomicU32, Ordering::Relaxed};

    #[derive(Debug)]
    pub(super) struct Mutex<T>(AtomicU32, UnsafeCell<T>);

    // SAFETY: what is in it is used between two accesses that Loom knows of, so by one thread at a
    // time.
    unsafe impl<T: Send> Sync for Mutex<T> {}

    impl<T> Mutex<T> {
        pub(super) fn new(value: T) -> Self {
            Self(AtomicU32::new(0), UnsafeCell::new(value))
        }

        #[allow(clippy::mut_from_ref, reason = "as a lock does")]
        pub(super) fn lock(&self) -> Result<&mut T, Infallible> {
            self.0.fetch_add(1, Relaxed);
            // SAFETY: as above.
            Ok(unsafe { &mut *self.1.get() })
        }
    }
}

/// A note that is made and taken off, and orders nothing.
mod without_ordered_note {
    pub(super) use super::token::{Mutex, Ordering, Thread, current};

    #[derive(Debug)]
    pub(super) struct AtomicBool(loom::sync::atomic::AtomicBool);

    impl AtomicBool {
        pub(super) fn new(value: bool) -> Self {
            Self(loom::sync::atomic::AtomicBool::new(value))
        }

        pub(super) fn load(&self, order: Ordering) -> bool {
            self.0.load(order)
        }

        pub(super) fn swap(&self, value: bool, _: Ordering) -> bool {
            self.0.swap(value, Ordering::Relaxed)
        }
    }
}

/// Compiles the inbox against one of these, with what is asked of it.
macro_rules! loomed {
    ($module:ident: $made_of:ident) => {
        #[path = ""]
        mod $module {
            #![allow(
                dead_code,
                unused_mut,
                reason = "each variant is asked for what it can get wrong"
            )]

            use loom::sync::Arc;
            use loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
            use loom::thread;

            mod sync {
                pub(super) use super::super::$made_of::{
                    AtomicBool, Mutex, Ordering, Thread, current,
                };
            }
            #[path = "../../src/executor/inbox.rs"]
            mod inbox;

            use inbox::{Inbox, Posted};

            /// Two threads write and wake one task. What its last poll saw, or another one that is
            /// sure to come, has both.
            pub(super) fn no_wake_is_lost(takes_first: bool) {
                let (inbox, written) = (Arc::new(Inbox::new()), Arc::new(AtomicU32::new(0)));
                let threads = [(), ()].map(|()| {
                    let (inbox, written) = (Arc::clone(&inbox), Arc::clone(&written));
                    thread::spawn(move || {
                        written.fetch_add(1, Relaxed);
                        inbox.post(());
                    })
                });
                let seen = if takes_first {
                    inbox.take();
                    written.load(Relaxed)
                } else {
                    let seen = written.load(Relaxed);
                    inbox.take();
                    seen
                };
                threads.into_iter().for_each(|thread| thread.join().unwrap());
                assert!(
                    seen == 2 || !inbox.take().is_empty(),
                    "it saw {seen} of 2, and nobody will wake it"
                );
            }

            /// Two threads write and wake one task, which is put in once. What its poll saw, or
            /// another one that is sure to come, has both.
            pub(super) fn no_noted_wake_is_lost(clears_first: bool) {
                let (inbox, written) = (Arc::new(Inbox::new()), Arc::new(AtomicU32::new(0)));
                let posted = Arc::new(Posted::new());
                let threads = [(), ()].map(|()| {
                    let (inbox, written) = (Arc::clone(&inbox), Arc::clone(&written));
                    let posted = Arc::clone(&posted);
                    thread::spawn(move || {
                        written.fetch_add(1, Relaxed);
                        if posted.note() {
                            inbox.post(());
                        }
                    })
                });
                inbox.take();
                let seen = if clears_first {
                    posted.clear();
                    written.load(Relaxed)
                } else {
                    let seen = written.load(Relaxed);
                    posted.clear();
                    seen
                };
                threads.into_iter().for_each(|thread| thread.join().unwrap());
                assert!(
                    seen == 2 || !inbox.take().is_empty(),
                    "it saw {seen} of 2, and nobody will wake it"
                );
            }

            /// A thread sleeps whenever it finds nothing, until it has found two: it ends.
            pub(super) fn nobody_sleeps_for_ever() {
                // Not the first thread, which has to join.
                let owner = thread::spawn(move || {
                    let inbox = Arc::new(Inbox::new());
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
                assert_eq!(found, [1, 2], "the oldest first");
            }

            /// The owner looks, sleeps if there is nothing, and looks again when it is woken: it
            /// has found what was put in, or will be woken.
            pub(super) fn who_sleeps_is_woken_later(taken: fn() -> bool) {
                let inbox = Arc::new(Inbox::new());
                let inbox2 = Arc::clone(&inbox);
                let thread = thread::spawn(move || inbox2.post(()));
                let found = !inbox.take().is_empty() || taken() && !inbox.take().is_empty();
                thread.join().unwrap();
                assert!(found || taken(), "it sleeps for ever");
            }

            /// One thread puts something in while the owner closes: it is taken, or ends there;
            /// nothing stays.
            pub(super) fn a_closed_inbox_keeps_nothing() {
                let (inbox, one) = (Arc::new(Inbox::new()), Arc::new(()));
                let (inbox2, one2) = (Arc::clone(&inbox), Arc::clone(&one));
                let thread = thread::spawn(move || inbox2.post(one2));
                drop(inbox.close());
                thread.join().unwrap();
                assert!(Arc::try_unwrap(one).is_ok(), "it is still there");
            }
        }
    };
}

loomed!(right: as_it_is);
loomed!(right_with_token: token);
loomed!(never_unparks: without_unpark);
loomed!(orders_nothing: without_order);
loomed!(notes_without_order: without_ordered_note);

/// Follows every execution in which, at most twice, a thread is interrupted where it could go on.
fn model(run: impl Fn() + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(run);
}

/// Tells what fault Loom finds, if it does.
fn found(run: impl Fn() + Sync + Send + 'static) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(|| model(run))) else {
        return String::from("nothing");
    };
    let text = panic.downcast_ref().map(|text: &String| text.as_str());
    String::from(text.or(panic.downcast_ref().copied()).unwrap_or("a panic without words"))
}

#[test]
fn what_was_written_before_a_wake_is_seen_by_the_poll_after_it() {
    model(|| right_with_token::no_wake_is_lost(true));
}

#[test]
fn a_lock_that_orders_nothing_is_found() {
    let found = found(|| orders_nothing::no_wake_is_lost(true));
    assert!(found.contains("nobody will wake it"), "{found}");
}

#[test]
fn a_wake_that_finds_the_note_of_another_is_not_lost() {
    model(|| right_with_token::no_noted_wake_is_lost(true));
}

#[test]
fn a_note_that_orders_nothing_is_found() {
    let found = found(|| notes_without_order::no_noted_wake_is_lost(true));
    assert!(found.contains("nobody will wake it"), "{found}");
}

#[test]
fn a_note_that_is_taken_off_after_the_poll_is_found() {
    let found = found(|| right_with_token::no_noted_wake_is_lost(false));
    assert!(found.contains("nobody will wake it"), "{found}");
}

#[test]
fn a_poll_before_the_wake_is_taken_out_is_found() {
    let found = found(|| right_with_token::no_wake_is_lost(false));
    assert!(found.contains("nobody will wake it"), "{found}");
}

#[test]
fn who_is_woken_does_not_sleep_for_ever() {
    model(right::nobody_sleeps_for_ever);
    model(|| right_with_token::who_sleeps_is_woken_later(token::taken));
}

#[test]
fn an_unpark_that_is_forgotten_is_found() {
    assert_eq!(found(|| never_unparks::who_sleeps_is_woken_later(|| false)), "it sleeps for ever");
}

#[test]
fn a_closed_inbox_keeps_nothing() {
    model(right_with_token::a_closed_inbox_keeps_nothing);
}
