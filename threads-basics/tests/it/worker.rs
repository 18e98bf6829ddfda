//! A thread as an object: how it is stopped, and what becomes of its panic.

use threads_basics::Meeting;
use threads_basics::real::worker::panics::{TooLarge, heard, heard_as_it_was_thrown, unheard};
use threads_basics::real::worker::{Tally, flag, hung_up, message};

use crate::broken::circle;

#[test]
fn a_worker_that_sleeps_does_not_see_its_flag() {
    let wanted = "owner → end of worker → worker → a number → owner";
    assert_eq!(circle(&["worker"], "flag-unseen"), wanted);
}

checks::within_a_minute! {
    #[test]
    fn a_worker_stopped_by_its_flag_gives_its_state_back() {
        for _ in 0..50 {
            let Tally { numbers, sum } = flag::Worker::start(&Meeting::of(2)).stop().expect("it does not panic");
            assert!(numbers >= 3, "it was stopped after the third step: {numbers}");
            assert_eq!(sum, (1..=u64::from(numbers)).sum::<u64>(), "no step was cut in two");
        }
    }

    #[test]
    fn a_worker_that_is_dropped_is_stopped_and_joined() {
        let met = Meeting::of(2);
        drop(flag::Worker::start(&met));
        // Had it not been met and joined, the next one would meet it in place of its own owner.
        let tally = flag::Worker::start(&met).stop().expect("it does not panic");
        assert!(tally.numbers >= 3);
    }

    #[test]
    fn a_worker_that_is_hung_up_on_deals_with_all_that_was_sent_before() {
        let worker = hung_up::Worker::start();
        (1..=1000).for_each(|number| worker.send(number));
        assert_eq!(worker.stop().ok(), Some(Tally { numbers: 1000, sum: 500_500 }));
    }

    #[test]
    fn a_workers_panic_reaches_whoever_joins_it_as_an_error_with_what_it_said() {
        assert_eq!(heard(), "3 is too large");
        assert_eq!(heard_as_it_was_thrown(), TooLarge(3));
    }

    #[test]
    fn a_panic_of_a_thread_that_nobody_joins_is_heard_by_nobody() {
        assert_eq!(unheard(), 2);
    }
}

#[test]
fn a_payload_that_is_no_text_has_no_message() {
    assert_eq!(message(&TooLarge(3)), None);
    assert_eq!(message(&"as it stands"), Some("as it stands"));
    assert_eq!(message(&"put together".to_owned()), Some("put together"));
}
