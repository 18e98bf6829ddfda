//! The lessons `cancel` and `shutdown`: what is lost, and what is not.

use std::time::Duration;

use coroutines::on_tokio::cancel::{self, Cut, at_each_await};
use coroutines::shutdown::{self, Ended};
use coroutines::tokio_runtime::block_on_paused;
use tokio::runtime::Builder;

const BEAT: Duration = Duration::from_millis(100);

fn lost(cuts: &[Cut]) -> Vec<u32> {
    cuts.iter().map(|cut| cut.lost).collect()
}

fn after(cuts: &[Cut]) -> Vec<&str> {
    cuts.iter().map(|cut| cut.after.as_str()).collect()
}

checks::within_a_minute! {
    #[test]
    fn a_frame_that_is_read_inside_the_future_loses_what_was_read_at_each_await_but_the_first() {
        let cuts = at_each_await(cancel::buffer_inside);
        assert_eq!(lost(&cuts), [0, 1, 2, 3]);
        assert_eq!(after(&cuts), ["ABCD", "BCDE", "CDEF", "DEFG"]);
    }

    #[test]
    fn a_frame_that_is_kept_outside_loses_nothing_at_any_await() {
        let cuts = at_each_await(cancel::buffer_outside);
        assert_eq!(lost(&cuts), [0; 4]);
        assert_eq!(after(&cuts), ["ABCD"; 4]);
    }

    #[test]
    fn a_send_that_is_dropped_takes_its_message_along_and_a_reservation_does_not() {
        assert_eq!(lost(&at_each_await(cancel::send)), [1]);
        assert_eq!(lost(&at_each_await(cancel::reserve)), [0]);
    }

    #[test]
    fn a_transfer_that_is_dropped_half_done_loses_the_money_on_its_way() {
        let cuts = at_each_await(cancel::half_done);
        assert_eq!(lost(&cuts), [10, 0]);
        assert_eq!(after(&cuts), ["90 + 0", "90 + 10"]);
    }

    #[test]
    fn a_destructor_puts_back_what_has_not_arrived() {
        let cuts = at_each_await(cancel::rolled_back);
        assert_eq!(lost(&cuts), [0, 0]);
        assert_eq!(after(&cuts), ["100 + 0", "90 + 10"]);
    }

    #[test]
    fn a_task_comes_to_its_end_without_its_waiter() {
        let cuts = at_each_await(cancel::spawned);
        assert!(cuts.len() >= 2, "{cuts:?}");
        assert!(cuts.iter().all(|cut| cut.lost == 0 && cut.after == "90 + 10"), "{cuts:?}");
    }

    #[test]
    fn a_runtime_that_is_dropped_loses_what_was_accepted() {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        let ended = shutdown::dropped(BEAT, runtime.expect("a runtime without I/O needs nothing of the system"));
        assert_eq!(ended, Ended { accepted: 6, stored: 2, aborted: 0 });
    }

    #[test]
    fn stages_that_end_along_the_flow_lose_nothing() {
        assert_eq!(block_on_paused(shutdown::in_order(BEAT)), Ended { accepted: 6, stored: 6, aborted: 0 });
    }

    #[test]
    fn one_that_does_not_end_is_aborted_and_costs_the_others_nothing() {
        assert_eq!(block_on_paused(shutdown::with_a_limit(BEAT)), Ended { accepted: 6, stored: 6, aborted: 1 });
    }
}
