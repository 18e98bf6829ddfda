//! The files by which processes synchronise, compiled against Loom, which reorders what may be
//! reordered: as they are, and once more with each ordering that they need weakened. Under Loom, a
//! deadlock aborts the process: what is broken runs in a child.

use crate::in_a_child;

/// Compiles the files in a module, with a fence, and with orderings under the names given.
macro_rules! loomed {
    ($module:ident: $fences:ident, $($ordering:ident as $name:ident),*) => {
        #[path = "../../src"]
        #[allow(dead_code, missing_docs, unreachable_pub, unused_imports, reason = "a library's part")]
        mod $module {
            use loom::thread;
            mod sync {
                pub(super) use loom::sync::{Arc, Condvar, Mutex};
                pub(super) mod atomic {
                    pub(in super::super) use crate::orderings::$fences::fence;
                    pub(in super::super) use loom::sync::atomic::AtomicU64;
                    #[allow(non_snake_case, reason = "it stands for the enum")]
                    pub(in super::super) mod Ordering {
                        use loom::sync::atomic::Ordering as Loom;
                        pub(in super::super::super) use Loom::SeqCst;
                        $(pub(in super::super::super) use Loom::$ordering as $name;)*
                    }
                }
            }

            pub(super) mod counter;
            pub(super) mod models;
            #[path = "shared_memory"]
            pub(super) mod shared_memory {
                use loom::{hint, lazy_static, thread_local};
                use super::sync;
                const BACK_OFF_STEPS: u32 = 0;
                pub(super) mod patience;
                pub(super) mod positions;
                #[path = "process_id/model.rs"]
                pub(super) mod process_id;
                pub(super) mod robust_lock;
                #[path = "word/model.rs"]
                pub(super) mod word;
            }
        }
    };
}

pub(crate) mod fences {
    pub(crate) use loom::sync::atomic::fence;
}

pub(crate) mod no_fences {
    /// Orders nothing, where there should be a fence.
    pub(crate) fn fence(_: loom::sync::atomic::Ordering) {}
}

loomed!(as_it_is: fences, Acquire as Acquire, Relaxed as Relaxed, Release as Release);
loomed!(relaxed_release: fences, Acquire as Acquire, Relaxed as Relaxed, Relaxed as Release);
loomed!(relaxed_acquire: fences, Relaxed as Acquire, Relaxed as Relaxed, Release as Release);
loomed!(no_fence: no_fences, Acquire as Acquire, Relaxed as Relaxed, Release as Release);

/// Follows a model in the schedules of at most two preemptions: all that is broken here, or was by
/// hand, fails in one of those. A third makes them twenty times as many.
fn few(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(model);
}

/// Runs the test that this model is in once more, in a child, where this model runs; Loom must find
/// a schedule in which it fails, and how.
///
/// The model is a closure: its type has the test's name in it.
fn fails<M: Fn() + Send + Sync + 'static>(how: &str, model: M) {
    let name = std::any::type_name::<M>().split("::").skip(1);
    let test = name.take_while(|part| *part != "{{closure}}").collect::<Vec<_>>().join("::");
    let Some(output) = in_a_child(&test) else { return few(model) };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "Loom found no schedule in which {test} fails");
    assert!(said.contains(how), "{said}");
}

#[test]
fn under_the_lock_no_addition_is_lost_and_loom_agrees() {
    use as_it_is::{counter::locked, models::two_add};
    loom::model(|| assert_eq!(two_add(locked), 2));
}

#[test]
fn released_with_relaxed_an_addition_may_not_be_visible() {
    use relaxed_release::{counter::locked, models::two_add};
    fails("left: 1", || assert_eq!(two_add(locked), 2));
}

#[test]
fn acquired_with_relaxed_an_addition_may_not_be_visible() {
    use relaxed_acquire::{counter::locked, models::two_add};
    fails("left: 1", || assert_eq!(two_add(locked), 2));
}

#[test]
fn an_owner_that_dies_leaves_the_lock_to_the_next_one_and_loom_agrees() {
    loom::model(|| assert!(matches!(as_it_is::models::one_dies(), [0, 0] | [1, 1])));
}

#[test]
fn what_the_producer_wrote_is_what_the_consumer_reads_and_loom_agrees() {
    few(|| assert_eq!(as_it_is::models::hand_over(), [1, 2, 3]));
}

#[test]
fn a_producer_that_waits_is_woken_when_its_consumer_closes_and_loom_agrees() {
    few(|| assert_eq!(as_it_is::models::closing(), 3));
}

#[test]
fn a_message_in_pieces_is_read_as_far_as_it_is_published_and_loom_agrees() {
    few(|| assert_eq!(as_it_is::models::in_pieces(), [8, 16]));
}

#[test]
fn published_with_relaxed_a_piece_may_be_missing() {
    fails("left: [", || assert_eq!(relaxed_release::models::in_pieces(), [8, 16]));
}

#[test]
fn published_with_relaxed_a_header_may_be_visible_before_its_message() {
    fails("left: [", || assert_eq!(relaxed_release::models::hand_over(), [1, 2, 3]));
}

#[test]
fn read_with_relaxed_a_header_may_be_visible_before_its_message() {
    fails("left: [", || assert_eq!(relaxed_acquire::models::hand_over(), [1, 2, 3]));
}

#[test]
fn without_the_fences_an_end_may_sleep_for_ever() {
    fails("deadlock", || assert_eq!(no_fence::models::hand_over(), [1, 2, 3]));
}
