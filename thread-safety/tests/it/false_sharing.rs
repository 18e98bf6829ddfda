//! Where the counters lie. How long an addition takes is measured, never asserted.

use std::time::Duration;

use crossbeam_utils::CachePadded;
use thread_safety::real::false_sharing::{
    Counters, OneLine, OwnVariable, Round, TwoLines, in_turn,
};

#[test]
fn two_neighbours_lie_in_one_line_and_padded_they_lie_in_two() {
    // The pair begins where a line does, so what is less than a line away lies in the same one. No
    // line is shorter than 16 bytes.
    assert_eq!((OneLine::default().distance(), OwnVariable::default().distance()), (8, 8));
    assert_eq!(align_of::<OneLine>(), align_of::<CachePadded<u8>>());
    // As far apart as the longest line of this family of processors.
    assert_eq!(TwoLines::default().distance(), align_of::<CachePadded<u8>>());
    assert!(TwoLines::default().distance() >= 32);
}

#[test]
fn contenders_run_in_turn_and_the_median_round_is_returned() {
    fn round(ms: u64) -> Round {
        Round { took: Duration::from_millis(ms), sums: [0; 2], distance: 0 }
    }
    fn next() -> u64 {
        use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
        static NEXT: AtomicU64 = AtomicU64::new(1);
        NEXT.fetch_add(1, Relaxed)
    }
    let [one, other] = in_turn(3, 0, [|_| round(next()), |_| round(100 - next())]);
    // 1, 3, 5 for the one; 98, 96, 94 for the other.
    assert_eq!((one, other), (round(3), round(96)));
}
