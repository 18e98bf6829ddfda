//! What is the caller's, and panics.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::task::{Wake, Waker};

use super::as_it_is::{block, end};

struct PanicsAtItsEnd;

impl Wake for PanicsAtItsEnd {
    fn wake(self: Arc<Self>) {}
}

impl Drop for PanicsAtItsEnd {
    fn drop(&mut self) {
        resume_unwind(Box::new("at its end"));
    }
}

#[test]
fn a_handle_whose_waker_panics_as_it_is_dropped_leaves_no_block_behind() {
    // Loom counts what is not freed.
    loom::model(|| {
        let (part, [place]) = block();
        place.wake(Waker::from(Arc::new(PanicsAtItsEnd)));
        assert!(catch_unwind(AssertUnwindSafe(|| drop(place))).is_err());
        end(part, |_| 7);
    });
}
