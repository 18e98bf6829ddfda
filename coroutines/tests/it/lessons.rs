//! What the lessons' functions promise for other sizes than those of their variants.

use std::time::Duration;

use coroutines::on_tokio::{channels, join_and_select, semaphore, timeout};
use coroutines::tokio_runtime::{block_on_paced, block_on_paused, spawn};
use coroutines::{SyncPoint, real};

const BEAT: Duration = Duration::from_millis(100);

checks::within_a_minute! {
    #[test]
    fn a_wake_up_that_is_kept_is_found_in_the_window() {
        for _ in 0..25 {
            assert_eq!(real::wake::locked(&SyncPoint::wide()), 2);
            // A park may return spuriously.
            assert!(real::wake::parked(&SyncPoint::wide()) >= 2);
        }
    }

    #[test]
    fn what_is_due_first_comes_first_however_long_other_tasks_keep_the_thread() {
        for _ in 0..10 {
            let beat = Duration::from_millis(2);
            let done = block_on_paced(async {
                drop(spawn(async move { std::thread::sleep(5 * beat) }));
                join_and_select::select(beat).await
            });
            assert_eq!((done.order, done.took), (vec![1], beat));
        }
    }

    #[test]
    fn a_future_made_anew_in_each_round_of_a_select_never_ends() {
        assert_eq!(block_on_paused(join_and_select::made_anew(BEAT, 500)), (None, 500));
    }

    #[test]
    fn a_timeout_of_work_that_never_yields_comes_too_late_however_short_it_is() {
        let step = || std::thread::sleep(Duration::from_millis(1));
        let done = block_on_paused(timeout::never_yields(Duration::from_nanos(1), step));
        assert_eq!((done.expired, done.steps), (false, timeout::STEPS));
    }

    #[test]
    fn a_channel_without_a_bound_grows_with_its_producer_and_one_with_a_bound_keeps_it() {
        for messages in [8, 80, 800] {
            let filled = block_on_paused(channels::unbounded(messages, Duration::ZERO));
            assert_eq!(filled.received, messages);
            assert!(filled.most > messages as usize / 2, "{filled:?}");
        }
        for room in [1, 4, 50] {
            let filled = block_on_paused(channels::bounded(200, room, Duration::ZERO));
            assert_eq!(filled.received, 200);
            assert!((1..=room + 1).contains(&filled.most), "room for {room}: {filled:?}");
        }
    }

    #[test]
    fn a_receiver_that_does_not_lag_behind_has_missed_nothing() {
        assert_eq!(block_on_paused(channels::broadcast(3)).missed, 0);
    }

    #[test]
    fn there_are_as_many_requests_at_once_as_there_are_permits() {
        assert_eq!(block_on_paused(semaphore::unlimited(40, BEAT)), 40);
        for permits in [1, 3, 39] {
            assert_eq!(block_on_paused(semaphore::limited(40, permits, BEAT)), permits);
        }
    }
}
