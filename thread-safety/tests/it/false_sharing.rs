//! Counters in one line and in two: where they lie, and that they count right. How long it takes is
//! told, never asserted.

use std::time::Duration;

use crossbeam_utils::CachePadded;
use thread_safety::real::false_sharing::one_line::OneLine;
use thread_safety::real::false_sharing::own::Own;
use thread_safety::real::false_sharing::two_lines::TwoLines;
use thread_safety::real::false_sharing::{Counters, Round, by_turns, round};

#[test]
fn two_neighbours_lie_in_one_line_and_padded_they_lie_in_two() {
    // The pair begins where a line does, so what is less than a line away lies in the same one. No
    // line is shorter than 16 bytes.
    assert_eq!((OneLine::default().apart(), Own::default().apart()), (8, 8));
    assert_eq!(align_of::<OneLine>(), align_of::<CachePadded<u8>>());
    // As far apart as the longest line of this family of processors.
    assert_eq!(TwoLines::default().apart(), align_of::<CachePadded<u8>>());
    assert!(TwoLines::default().apart() >= 32);
}

#[test]
fn however_they_lie_they_count_right() {
    for round in [round::<OneLine>, round::<TwoLines>, round::<Own>] {
        assert_eq!(round(100_000).sums, [100_000; 2]);
    }
}

#[test]
fn contenders_take_turns_and_the_median_round_is_told() {
    fn played(ms: u64) -> Round {
        Round { took: Duration::from_millis(ms), sums: [0; 2], apart: 0 }
    }
    fn next() -> u64 {
        use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
        static NEXT: AtomicU64 = AtomicU64::new(1);
        NEXT.fetch_add(1, Relaxed)
    }
    let [one, other] = by_turns(3, 0, [|_| played(next()), |_| played(100 - next())]);
    // 1, 3, 5 for the one; 98, 96, 94 for the other.
    assert_eq!((one, other), (played(3), played(96)));
}
