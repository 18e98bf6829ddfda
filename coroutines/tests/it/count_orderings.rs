//! The count of a task's references, compiled against Loom: as it is, and with its orderings taken
//! away, which Loom has to find.

use std::panic::{AssertUnwindSafe, catch_unwind};

mod as_it_is {
    pub(super) use loom::sync::atomic::{AtomicUsize, Ordering};
}

/// A number that is counted, and orders nothing.
mod without_order {
    pub(super) use loom::sync::atomic::Ordering;

    #[derive(Debug)]
    pub(super) struct AtomicUsize(loom::sync::atomic::AtomicUsize);

    impl AtomicUsize {
        pub(super) fn new(value: usize) -> Self {
            Self(loom::sync::atomic::AtomicUsize::new(value))
        }
        pub(super) fn load(&self, _: Ordering) -> usize {
            self.0.load(Ordering::Relaxed)
        }
        pub(super) fn fetch_add(&self, more: usize, _: Ordering) -> usize {
            self.0.fetch_add(more, Ordering::Relaxed)
        }
        pub(super) fn fetch_sub(&self, less: usize, _: Ordering) -> usize {
            self.0.fetch_sub(less, Ordering::Relaxed)
        }
    }
}

macro_rules! loomed {
    ($module:ident: $made_of:ident) => {
        #[path = ""]
        mod $module {
            use loom::sync::Arc;
            use loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
            use loom::thread;

            mod sync {
                pub(super) use super::super::$made_of::{AtomicUsize, Ordering};
            }
            #[path = "../../src/executor/count.rs"]
            mod count;

            /// Three threads have a reference each, write what they refer to, and give it up, or ask
            /// first whether it is the only one. One of them frees it, and sees all three writes.
            pub(super) fn the_last_one_sees_all() {
                let shared = Arc::new((count::Count::new(), [(); 3].map(|()| AtomicU32::new(0))));
                let freed = Arc::new(AtomicU32::new(0));
                let gives_up = |number: usize| {
                    let (shared, freed) = (Arc::clone(&shared), Arc::clone(&freed));
                    move || {
                        let (count, written) = &*shared;
                        written[number].store(1, Relaxed);
                        let alone = count.is_one();
                        let seen = written.each_ref().map(|written| written.load(Relaxed));
                        assert!(!alone || seen == [1; 3], "alone, it saw {seen:?}");
                        if count.remove() {
                            freed.fetch_add(1, Relaxed);
                            let seen = written.each_ref().map(|written| written.load(Relaxed));
                            assert_eq!(seen, [1; 3], "at the end, it saw {seen:?}");
                        }
                    }
                };
                shared.0.add();
                shared.0.add();
                let threads = [thread::spawn(gives_up(0)), thread::spawn(gives_up(1))];
                gives_up(2)();
                threads.into_iter().for_each(|thread| thread.join().unwrap());
                assert_eq!(freed.load(Relaxed), 1);
            }
        }
    };
}

loomed!(right: as_it_is);
loomed!(orders_nothing: without_order);

fn check(run: fn()) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(run);
}

#[test]
fn who_gives_up_the_last_reference_sees_what_was_done_with_the_others() {
    check(right::the_last_one_sees_all);
}

#[test]
fn a_count_that_orders_nothing_is_found() {
    let found = catch_unwind(AssertUnwindSafe(|| check(orders_nothing::the_last_one_sees_all)));
    assert!(found.is_err());
}
