//! The flag without the data: found by Loom where a half of the pair is missing, and nowhere else.

use thread_safety::loom::publication::{
    Slot, fences, once, relaxed, release_acquire, release_alone, seq_cst,
};
use thread_safety::{executions, real::publication::stress};

/// Counts the executions that see the flag without the data, and all.
fn early(publish: fn(&Slot, u32), try_consume: fn(&Slot) -> Option<u32>) -> (usize, usize) {
    let every = executions(move || once(publish, try_consume));
    // Every variant can find the slot empty, and can find the data.
    assert!(
        every.with(Option::is_none) > 0 && every.with(|seen| *seen == Some(1)) > 0,
        "{every:?}"
    );
    (every.with(|seen| *seen == Some(0)), every.all())
}

#[test]
fn release_without_acquire_is_not_enough_and_neither_is_acquire_without_release() {
    assert_eq!(early(relaxed::publish, relaxed::try_consume), (2, 8));
    assert_eq!(early(release_alone::publish, release_alone::try_consume), (2, 8));
    assert_eq!(early(relaxed::publish, release_acquire::try_consume), (2, 8));
    assert_eq!(early(release_acquire::publish, release_acquire::try_consume), (0, 6));
    assert_eq!(early(seq_cst::publish, seq_cst::try_consume), (0, 6));
}

#[test]
fn two_fences_hold_one_alone_does_not_and_a_fence_goes_with_an_ordering_on_the_other_side() {
    assert_eq!(early(fences::publish, fences::try_consume), (0, 6));
    assert!(early(relaxed::publish, fences::try_consume).0 > 0);
    assert!(early(fences::publish, relaxed::try_consume).0 > 0);
    assert_eq!(early(fences::publish, release_acquire::try_consume).0, 0);
    assert_eq!(early(release_acquire::publish, fences::try_consume).0, 0);
}

/// A slot whose flag stays without data until that was seen.
struct Flagged {
    ready: std::sync::atomic::AtomicBool,
    data: std::sync::atomic::AtomicU32,
    seen: std::sync::Barrier,
}

impl Default for Flagged {
    fn default() -> Self {
        Self { ready: false.into(), data: 0.into(), seen: std::sync::Barrier::new(2) }
    }
}

checks::within_a_minute! {
    #[test]
    fn a_flag_that_is_set_too_early_is_noticed_on_this_machine() {
        use std::sync::atomic::Ordering::{Acquire, Release};
        // The wrong way round, and the flag is set long before the data: a count of 0 would mean
        // that nothing is checked.
        fn publish(slot: &Flagged, value: u32) {
            slot.ready.store(true, Release);
            slot.seen.wait();
            slot.data.store(value, Release);
        }
        fn try_consume(slot: &Flagged) -> Option<u32> {
            slot.ready.load(Acquire).then(|| slot.data.load(Acquire)).inspect(|_| _ = slot.seen.wait())
        }
        assert_eq!(stress(100, publish, try_consume), 100);
    }
}
