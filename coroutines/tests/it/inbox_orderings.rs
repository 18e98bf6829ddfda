//! The inbox's own file, compiled against Loom, which tries every interleaving and every order that memory may show: once as it is,
//! and once more with a weaker ordering in the place of each that it needs. An x86 cannot show the difference.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Compiles the inbox in a module, under orderings that go by the names given, with what is asked of it.
macro_rules! loomed {
    ($module:ident: $($ordering:ident as $name:ident),*) => {
        #[path = ""]
        mod $module {
            #![allow(unsafe_code, reason = "each test refers to the nodes that it posts")]

            use std::ptr::NonNull;

            use loom::cell::UnsafeCell;
            use loom::sync::Arc;
            use loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
            use loom::thread;

            mod sync {
                pub(super) mod atomic {
                    pub(in super::super) use loom::sync::atomic::{AtomicPtr, AtomicU32};
                    #[allow(non_snake_case, reason = "it stands for the enum")]
                    pub(in super::super) mod Ordering {
                        $(pub(in super::super::super) use loom::sync::atomic::Ordering::$ordering as $name;)*
                    }
                }
            }
            #[path = "../../src/executor/inbox.rs"]
            mod inbox;

            use inbox::{Inbox, Node, Posted};

            /// Gives a node's pointer to a thread.
            struct Given<T>(NonNull<Node<T>>);
            impl<T> Copy for Given<T> {}
            impl<T> Clone for Given<T> {
                fn clone(&self) -> Self {
                    *self
                }
            }
            // SAFETY: what the tests do with it is what they are about.
            unsafe impl<T> Send for Given<T> {}

            impl<T> Given<T> {
                fn new(references: u32, own: T) -> Self {
                    Self(NonNull::from(Box::leak(Box::new(Node::new(references, own)))))
                }
                fn post(self, inbox: &Inbox<T>) -> Posted {
                    // SAFETY: the test refers to it until its end.
                    unsafe { inbox.post(self.0) }
                }
                fn node(&self) -> &Node<T> {
                    // SAFETY: as above.
                    unsafe { self.0.as_ref() }
                }
                fn free(self) {
                    // SAFETY: the test's last act.
                    drop(unsafe { Box::from_raw(self.0.as_ptr()) });
                }
            }

            /// Two threads write and wake one task. What its last poll saw, or another one that is sure to come, has both.
            #[allow(dead_code, reason = "each variant is asked for what it can get wrong")]
            pub(super) fn no_wake_is_lost(receives_first: bool) {
                let (inbox, written) = (Arc::new(Inbox::new()), Arc::new(AtomicU32::new(0)));
                let task = Given::new(1, ());
                let threads = [(), ()].map(|()| {
                    let (inbox, written) = (Arc::clone(&inbox), Arc::clone(&written));
                    thread::spawn(move || {
                        written.fetch_add(1, Relaxed);
                        task.post(&inbox);
                    })
                });
                let mut seen = 0;
                inbox.take(|_| {
                    if receives_first {
                        task.node().receive();
                        seen = written.load(Relaxed);
                    } else {
                        seen = written.load(Relaxed);
                        task.node().receive();
                    }
                });
                threads.into_iter().for_each(|thread| thread.join().unwrap());
                let mut again = false;
                inbox.take(|_| again = true);
                assert!(seen == 2 || again, "it saw {seen} of 2, and nobody will wake it");
                task.free();
            }

            /// A task is woken twice, and its thread sleeps whenever there is nothing: it ends.
            #[allow(dead_code, reason = "as above")]
            pub(super) fn nobody_sleeps_for_ever() {
                let (inbox, written) = (Arc::new(Inbox::new()), Arc::new(AtomicU32::new(0)));
                let (task, inbox2, written2) = (Given::new(1, ()), Arc::clone(&inbox), Arc::clone(&written));
                // Not the first thread: Loom lets nobody unpark who is joining.
                let owner = thread::spawn(move || {
                    let mut seen = 0;
                    while seen < 2 {
                        let mut taken = false;
                        inbox2.take(|_| {
                            task.node().receive();
                            seen = written2.load(Relaxed);
                            taken = true;
                        });
                        if !taken {
                            thread::park();
                        }
                    }
                });
                for _ in 0..2 {
                    written.fetch_add(1, Relaxed);
                    if task.post(&inbox) == Posted::First {
                        owner.thread().unpark();
                    }
                }
                owner.join().unwrap();
                task.free();
            }

            /// Two threads each make a node and post it: the owner may look at what is in them.
            #[allow(dead_code, reason = "as above")]
            pub(super) fn what_is_posted_is_whole() {
                let inbox = Arc::new(Inbox::new());
                let threads = [1, 2].map(|number| {
                    let inbox = Arc::clone(&inbox);
                    thread::spawn(move || {
                        let task = Given::new(1, UnsafeCell::new(0));
                        // SAFETY: nobody else knows it yet.
                        task.node().own.with_mut(|own| unsafe { *own = number });
                        task.post(&inbox);
                    })
                });
                let mut sum = 0;
                // SAFETY: what was taken was posted after it was written, if the orderings are right.
                let mut take = || inbox.take(|node| Given(node).node().own.with(|own| unsafe { sum += *own }));
                take();
                threads.into_iter().for_each(|thread| thread.join().unwrap());
                take();
                assert_eq!(sum, 3);
            }

            /// Two hold references, one of them two: whoever gives back the last ones has the node for itself.
            #[allow(dead_code, reason = "as above")]
            pub(super) fn the_last_one_has_it_for_itself() {
                let task = Given::new(3, UnsafeCell::new(7));
                let use_and_release = move |references| {
                    // SAFETY: all only read, as long as they have a reference.
                    assert_eq!(task.node().own.with(|own| unsafe { *own }), 7);
                    let last = task.node().release(references);
                    if last {
                        // SAFETY: it was the last one, if the orderings are right.
                        task.node().own.with_mut(|own| unsafe { *own = 0 });
                    }
                    last
                };
                let thread = thread::spawn(move || use_and_release(1));
                let here = use_and_release(2);
                assert!(here != thread.join().unwrap(), "one of them was the last");
                task.free();
            }

            /// One thread posts while the owner closes: each reference is given back once.
            #[allow(dead_code, reason = "as above")]
            pub(super) fn a_closed_inbox_keeps_no_reference() {
                let (inbox, task) = (Arc::new(Inbox::new()), Given::new(2, ()));
                let inbox2 = Arc::clone(&inbox);
                let thread = thread::spawn(move || {
                    task.post(&inbox2);
                    task.node().release(1)
                });
                let mut last = 0;
                inbox.close(|node| last += u32::from(Given(node).node().release(1)));
                last += u32::from(task.node().release(1));
                last += u32::from(thread.join().unwrap());
                assert_eq!(last, 1);
                assert_eq!(task.post(&inbox), Posted::Behind, "POSTED stays, or was never set");
                task.free();
            }
        }
    };
}

loomed!(right: Relaxed as Relaxed, Acquire as Acquire, Release as Release, AcqRel as AcqRel);
loomed!(without_release: Relaxed as Relaxed, Acquire as Acquire, Relaxed as Release, AcqRel as AcqRel);
loomed!(without_acquire: Relaxed as Relaxed, Relaxed as Acquire, Release as Release, AcqRel as AcqRel);
loomed!(release_only: Relaxed as Relaxed, Acquire as Acquire, Release as Release, Release as AcqRel);
loomed!(acquire_only: Relaxed as Relaxed, Acquire as Acquire, Release as Release, Acquire as AcqRel);

/// Follows every execution in which, at most twice, a thread is interrupted where it could go on.
fn model(run: impl Fn() + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(run);
}

/// Tells whether Loom finds a fault.
fn found(run: impl Fn() + Sync + Send + 'static) -> bool {
    catch_unwind(AssertUnwindSafe(|| model(run))).is_err()
}

#[test]
fn what_was_written_before_a_wake_is_seen_by_the_poll_after_it() {
    model(|| right::no_wake_is_lost(true));
}

#[test]
fn a_wake_whose_writes_are_not_seen_is_found() {
    assert!(found(|| without_release::no_wake_is_lost(true)));
    assert!(found(|| without_acquire::no_wake_is_lost(true)));
}

#[test]
fn a_task_that_looks_before_it_can_be_posted_again_is_found() {
    assert!(found(|| right::no_wake_is_lost(false)));
}

#[test]
fn who_is_woken_does_not_sleep_for_ever() {
    model(right::nobody_sleeps_for_ever);
}

#[test]
fn a_node_is_whole_when_it_is_taken() {
    model(right::what_is_posted_is_whole);
    assert!(found(without_release::what_is_posted_is_whole));
    assert!(found(without_acquire::what_is_posted_is_whole));
}

#[test]
fn who_gives_back_the_last_reference_has_it_for_itself() {
    model(right::the_last_one_has_it_for_itself);
    assert!(found(release_only::the_last_one_has_it_for_itself));
    assert!(found(acquire_only::the_last_one_has_it_for_itself));
}

#[test]
fn a_closed_inbox_keeps_no_reference() {
    model(right::a_closed_inbox_keeps_no_reference);
}
