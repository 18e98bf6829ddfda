//! What Loom sees of the approaches that rest on memory orderings: nothing wrong as they are
//! written, and with either ordering weakened a thread that reads what was not written yet.

use singleton::orderings::{Orderings, Seen, compare_exchange, double_checked, once_cell};

fn as_written(try_all: fn(Orderings) -> Seen) -> (usize, usize, usize) {
    let Seen { executions, unwritten, most_built } = try_all(Orderings::AsWritten);
    (executions, unwritten, most_built)
}

/// Counts the bad executions, of all, with who looks relaxed, and with who stores.
fn weakened(try_all: fn(Orderings) -> Seen) -> [(usize, usize); 2] {
    [Orderings::RelaxedLook, Orderings::RelaxedStore].map(|orderings| {
        let seen = try_all(orderings);
        (seen.unwritten, seen.executions)
    })
}

checks::within_a_minute! {
    #[test]
    fn a_double_check_holds_in_all_8_executions_and_fails_in_2_of_10_if_either_ordering_is_relaxed() {
        assert_eq!(as_written(double_checked), (8, 0, 1));
        assert_eq!(weakened(double_checked), [(2, 10), (2, 10)]);
    }

    #[test]
    fn a_compare_exchange_holds_in_all_106_executions_and_fails_in_9_of_115_if_either_ordering_is_relaxed() {
        assert_eq!(as_written(compare_exchange), (106, 0, 2));
        assert_eq!(weakened(compare_exchange), [(9, 115), (9, 115)]);
    }

    #[test]
    fn the_once_cell_holds_in_all_22_executions_and_fails_in_6_of_28_if_either_ordering_is_relaxed() {
        assert_eq!(as_written(once_cell), (22, 0, 1));
        assert_eq!(weakened(once_cell), [(6, 28), (6, 28)]);
    }
}
