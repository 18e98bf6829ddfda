//! A job keeps its closure inline or in a box, by its size: it is run or dropped once, either way.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use thread_pool::Job;

/// A closure with something to drop, and `BYTES` bytes more to carry.
fn carrying<const BYTES: usize>(counted: &Arc<()>) -> Job {
    let (counted, more) = (Arc::clone(counted), [7_u8; BYTES]);
    Job::new(move || assert_eq!((Arc::strong_count(&counted), more), (2, [7; BYTES])))
}

#[test]
fn a_closure_of_any_size_is_called_or_dropped_and_what_it_carries_is_dropped_once() {
    let counted = Arc::new(());
    for make in [carrying::<0>, carrying::<16>, carrying::<17>, carrying::<1000>] {
        make(&counted).run();
        assert_eq!(Arc::strong_count(&counted), 1);
        drop(make(&counted));
        assert_eq!(Arc::strong_count(&counted), 1);
    }
    let counted2 = Arc::clone(&counted);
    let job = Job::new(move || resume_unwind(Box::new(counted2)));
    let payload = catch_unwind(AssertUnwindSafe(|| job.run()));
    assert_eq!(Arc::strong_count(&counted), 2);
    drop(payload);
    assert_eq!(Arc::strong_count(&counted), 1);
}

#[test]
fn a_closure_of_a_larger_alignment_than_a_word_is_aligned() {
    #[repr(align(64))]
    struct Wide(u8);
    let wide = Wide(7);
    Job::new(move || {
        let wide = &wide;
        assert!(std::ptr::from_ref(wide).addr().is_multiple_of(64) && wide.0 == 7);
    })
    .run();
}
