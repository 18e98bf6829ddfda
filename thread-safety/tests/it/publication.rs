//! The flag without the data: found by Loom where a half of the pair is missing, and nowhere else.

use thread_safety::real::publication::{Look, Publish, Slot, many};
use thread_safety::{executions, real, weak};
use weak::publication::{fences, once, relaxed, release_acquire, release_alone, seq_cst};

/// Counts the executions that see the flag without the data, and all.
fn early(
    publish: weak::publication::Publish<weak::publication::Slot>,
    look: weak::publication::Look<weak::publication::Slot>,
) -> (usize, usize) {
    let outcomes = executions(move || once(publish, look));
    // Every form can find the slot empty, and can find the data.
    assert!(
        outcomes.with(Option::is_none) > 0 && outcomes.with(|seen| *seen == Some(1)) > 0,
        "{outcomes:?}"
    );
    (outcomes.with(|seen| *seen == Some(0)), outcomes.all())
}

#[test]
fn with_relaxed_loom_sees_the_flag_without_the_data() {
    assert_eq!(early(relaxed::publish, relaxed::look), (2, 8));
}

#[test]
fn release_without_acquire_is_not_enough_and_neither_is_acquire_without_release() {
    assert_eq!(early(release_alone::publish, release_alone::look), (2, 8));
    assert_eq!(early(relaxed::publish, release_acquire::look), (2, 8));
}

#[test]
fn release_and_acquire_hold_in_every_execution_and_so_does_what_is_stronger() {
    assert_eq!(early(release_acquire::publish, release_acquire::look), (0, 6));
    assert_eq!(early(seq_cst::publish, seq_cst::look).0, 0);
}

#[test]
fn two_fences_hold_and_one_alone_does_not() {
    assert_eq!(early(fences::publish, fences::look).0, 0);
    assert!(early(relaxed::publish, fences::look).0 > 0);
    assert!(early(fences::publish, relaxed::look).0 > 0);
}

#[test]
fn a_fence_on_one_side_goes_with_an_ordering_on_the_other() {
    assert_eq!(early(fences::publish, release_acquire::look).0, 0);
    assert_eq!(early(release_acquire::publish, fences::look).0, 0);
}

checks::within_a_minute! {
    #[test]
    fn what_is_published_in_order_is_never_read_too_early_on_this_machine() {
        use real::publication::{fences, once_lock, release_acquire, seq_cst};
        let forms: [(Publish<Slot>, Look<Slot>); 3] = [
            (release_acquire::publish, release_acquire::look),
            (fences::publish, fences::look),
            (seq_cst::publish, seq_cst::look),
        ];
        for (publish, look) in forms {
            assert_eq!(many(20_000, publish, look), 0);
        }
        assert_eq!(many(20_000, once_lock::publish, once_lock::look), 0);
    }

    #[test]
    fn a_flag_that_is_set_too_early_is_noticed_on_this_machine() {
        // The wrong way round, and the flag is set long before the data: a count of 0 would mean
        // that nobody looks.
        fn publish(slot: &Flagged, value: u32) {
            slot.ready.store(true, std::sync::atomic::Ordering::Release);
            slot.seen.wait();
            slot.data.store(value, std::sync::atomic::Ordering::Release);
        }
        fn look(slot: &Flagged) -> Option<u32> {
            let ready = slot.ready.load(std::sync::atomic::Ordering::Acquire);
            ready.then(|| slot.data.load(std::sync::atomic::Ordering::Acquire)).inspect(|_| {
                slot.seen.wait();
            })
        }
        assert_eq!(many(100, publish, look), 100);
    }
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
