//! The lessons' own files, compiled against Loom, which reorders what may be reordered: as they
//! are, and with a weaker ordering in the place of each that is needed. A processor of the x86
//! family cannot show the difference.

use std::panic::{AssertUnwindSafe, catch_unwind};

use kit::sync_point::SyncPoint;
use loom::sync::atomic::Ordering;

/// Compiles the lessons in a module, under orderings that go by the names given.
macro_rules! loomed {
    ($module:ident: $($ordering:ident as $name:ident),*) => {
        #[path = "../../src"]
        #[allow(dead_code, unreachable_pub, reason = "the tests below use a part of it")]
        mod $module {
            use loom::thread;
            mod sync {
                pub(super) use loom::sync::Arc;
                pub(super) mod atomic {
                    pub(in super::super) use crate::orderings::AtomicU32;
                    #[allow(non_snake_case, reason = "it stands for the enum")]
                    pub(in super::super) mod Ordering {
                        $(pub(in super::super::super) use loom::sync::atomic::Ordering::$ordering as $name;)*
                    }
                }
            }

            use super::lane;
            pub(super) mod join;
            pub(super) mod park;
        }
    };
}

loomed!(as_it_is: Acquire as Acquire, Relaxed as Relaxed, Release as Release);
loomed!(relaxed_release: Acquire as Acquire, Relaxed as Relaxed, Relaxed as Release);
loomed!(relaxed_acquire: Relaxed as Acquire, Relaxed as Relaxed, Release as Release);

/// As kit has it: Loom's locks lack some of std's.
mod lane {
    use loom::thread::{JoinHandle, spawn};

    pub(super) fn start<R: 'static>(
        _: impl Into<String>,
        body: impl FnOnce() -> R + 'static,
    ) -> JoinHandle<R> {
        spawn(body)
    }

    pub(super) fn finish<R>(thread: JoinHandle<R>) -> R {
        thread.join().expect("it does not panic")
    }
}

/// Loom's atomic, and one step more: Loom changes threads before an operation, and takes `unpark`
/// for none. Without the step, an addition and the `unpark` after it would be one, and what the one
/// lets be seen too early the other would have made known.
#[derive(Debug)]
pub(crate) struct AtomicU32(loom::sync::atomic::AtomicU32);

impl AtomicU32 {
    pub(crate) fn new(value: u32) -> Self {
        Self(loom::sync::atomic::AtomicU32::new(value))
    }

    pub(crate) fn load(&self, ordering: Ordering) -> u32 {
        self.0.load(ordering)
    }

    pub(crate) fn store(&self, value: u32, ordering: Ordering) {
        self.0.store(value, ordering);
    }

    pub(crate) fn fetch_add(&self, value: u32, ordering: Ordering) -> u32 {
        let before = self.0.fetch_add(value, ordering);
        // A write, since Loom takes two reads for one as good as the other way round.
        self.0.fetch_add(0, Ordering::Relaxed);
        before
    }
}

/// Returns the message with which a model fails under Loom.
fn fails(model: impl Fn() + Send + Sync + 'static) -> String {
    let ended = catch_unwind(AssertUnwindSafe(|| loom::model(model)));
    let payload = ended.expect_err("Loom must find a schedule in which it fails");
    payload.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn after_join_a_relaxed_read_sees_all_that_the_threads_have_written_and_before_it_need_not() {
    use as_it_is::join::{joined, read_at_once};
    loom::model(|| assert_eq!(joined(1, &SyncPoint::none()), 2));
    let why = fails(|| assert_eq!(read_at_once(1, &SyncPoint::none()), 2));
    assert!(why.contains("right: 2"), "{why}");
}

/// The first may be missed, where the second is there when it is looked for; the second is the
/// second.
macro_rules! second_letter {
    ($module:ident) => {
        || assert_eq!($module::park::checked_again(&SyncPoint::none())[1], 20)
    };
}

#[test]
fn loom_finds_no_schedule_in_which_the_letter_is_not_there_though_its_coming_is_seen() {
    loom::model(second_letter!(as_it_is));
}

#[test]
fn with_relaxed_on_either_side_the_letter_may_not_be_there_and_loom_says_so() {
    for why in [fails(second_letter!(relaxed_release)), fails(second_letter!(relaxed_acquire))] {
        assert!(why.contains("right: 20"), "{why}");
    }
}
