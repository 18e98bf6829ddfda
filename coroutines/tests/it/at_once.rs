//! The lessons `join-and-select`, `timeout`, `channels`, `semaphore` and `stream`, on a clock that
//! stands still: it jumps to the next timer when all tasks wait, and so the times are exact.

use std::time::Duration;

use coroutines::on_tokio::{channels, join_and_select, semaphore, timeout};
use coroutines::tokio_runtime::{block_on_paced, block_on_paused, spawn};
use coroutines::{join_set, stream};

const BEAT: Duration = Duration::from_millis(100);

/// Tells whether a time is so many beats: tokio's timers round up to the next millisecond.
fn is_beats(time: Duration, beats: f64) -> bool {
    let wanted = BEAT.mul_f64(beats);
    (wanted..wanted + Duration::from_millis(20)).contains(&time)
}

checks::within_a_minute! {
    #[test]
    fn one_by_one_takes_the_sum_of_the_times() {
        let done = block_on_paused(join_and_select::one_by_one(BEAT));
        assert_eq!(done.order, [0, 1, 2]);
        assert!(is_beats(done.took, 6.0), "{done:?}");
    }

    #[test]
    fn joined_they_take_as_long_as_the_slowest_and_come_in_the_order_of_the_arguments() {
        let done = block_on_paused(join_and_select::join(BEAT));
        assert_eq!(done.order, [0, 1, 2]);
        assert!(is_beats(done.took, 3.0), "{done:?}");
    }

    #[test]
    fn select_takes_as_long_as_the_quickest() {
        let done = block_on_paused(join_and_select::select(BEAT));
        assert_eq!(done.order, [1]);
        assert!(is_beats(done.took, 1.0), "{done:?}");
    }

    #[test]
    fn what_is_due_first_comes_first_however_long_others_keep_the_thread() {
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
    fn a_set_hands_its_tasks_over_as_they_end() {
        let done = block_on_paused(join_set::as_they_end(BEAT));
        assert_eq!(done.order, [1, 2, 0]);
        assert!(is_beats(done.took, 3.0), "{done:?}");
        assert_eq!(block_on_paused(join_set::first(BEAT)).order, [1]);
    }

    #[test]
    fn a_future_made_anew_in_each_round_of_a_select_never_ends_and_one_that_is_kept_does() {
        assert_eq!(block_on_paused(join_and_select::made_anew(BEAT, 500)), (None, 500));
        let (result, rounds) = block_on_paused(join_and_select::kept(BEAT, 500));
        assert_eq!(result, Some(0));
        assert!(rounds <= 3, "{rounds}");
    }

    #[test]
    fn a_time_limit_stops_a_future_and_lets_a_task_go_on() {
        let future = block_on_paused(timeout::of_the_future(BEAT));
        assert_eq!((future.expired, future.steps), (true, 2));
        assert!(is_beats(future.waited, 2.5), "{future:?}");
        let handle = block_on_paused(timeout::of_the_handle(BEAT));
        assert_eq!((handle.expired, handle.steps), (true, timeout::STEPS));
        assert!(is_beats(handle.waited, 2.5), "{handle:?}");
        let aborted = block_on_paused(timeout::then_aborted(BEAT));
        assert_eq!((aborted.expired, aborted.steps), (true, 2));
    }

    #[test]
    fn a_limit_on_work_that_never_gives_way_comes_too_late() {
        let mut steps = 0;
        let limit = Duration::from_nanos(1);
        let done = block_on_paused(timeout::never_gives_way(limit, || {
            steps += 1;
            std::thread::sleep(Duration::from_millis(1));
        }));
        assert_eq!((done.expired, done.steps, steps), (false, timeout::STEPS, timeout::STEPS));
    }

    #[test]
    fn a_limit_on_each_step_limits_nothing_in_all() {
        let done = block_on_paused(timeout::each_step(BEAT));
        assert_eq!((done.expired, done.steps), (false, timeout::STEPS));
        assert!(is_beats(done.waited, 8.0), "{done:?}");
    }

    #[test]
    fn a_channel_without_a_bound_grows_with_its_producer() {
        for messages in [8, 80, 800] {
            let filled = block_on_paused(channels::unbounded(messages, Duration::ZERO));
            assert_eq!(filled.received, messages);
            assert!(filled.most > messages as usize / 2, "{filled:?}");
        }
    }

    #[test]
    fn a_channel_with_a_bound_keeps_it() {
        for room in [1, 4, 50] {
            let filled = block_on_paused(channels::bounded(200, room, Duration::ZERO));
            assert_eq!(filled.received, 200);
            assert!((1..=room + 1).contains(&filled.most), "room for {room}: {filled:?}");
        }
    }

    #[test]
    fn each_question_gets_its_own_answer() {
        assert_eq!(block_on_paused(channels::asked(5)), [1, 3, 6, 10, 15]);
    }

    #[test]
    fn a_late_receiver_is_told_what_it_missed_of_a_broadcast_and_sees_the_newest_of_a_watched_value() {
        let heard = block_on_paused(channels::broadcast(100));
        assert_eq!((heard.missed, heard.got), (96, vec![96, 97, 98, 99]));
        assert_eq!(block_on_paused(channels::broadcast(3)).missed, 0);
        assert_eq!(block_on_paused(channels::watched(100)).got, [99]);
    }

    #[test]
    fn without_permits_all_are_inside_and_with_them_no_more_than_there_are() {
        assert_eq!(block_on_paused(semaphore::unlimited(40, BEAT)), 40);
        for permits in [1, 3, 39] {
            assert_eq!(block_on_paused(semaphore::limited(40, permits, BEAT)), permits);
        }
    }

    #[test]
    fn an_aborted_task_gives_its_permit_back() {
        assert_eq!(block_on_paused(semaphore::aborted(BEAT)), (0, 1));
    }

    #[test]
    fn a_stream_by_hand_gives_its_values_and_ends() {
        assert_eq!(block_on_paused(stream::by_hand(BEAT)), [0, 4, 16]);
    }

    #[test]
    fn a_buffer_keeps_the_order_or_the_time() {
        let one_by_one = block_on_paused(stream::one_by_one(BEAT));
        assert_eq!(one_by_one.order, [0, 1, 2, 3]);
        assert!(is_beats(one_by_one.took, 10.0), "{one_by_one:?}");
        let buffered = block_on_paused(stream::buffered(BEAT));
        assert_eq!(buffered.order, [0, 1, 2, 3]);
        assert!(is_beats(buffered.took, 6.0), "{buffered:?}");
        let unordered = block_on_paused(stream::buffer_unordered(BEAT));
        assert_eq!(unordered.order[0], 1);
        assert!(is_beats(unordered.took, 5.0), "{unordered:?}");
    }

    #[test]
    fn a_buffer_stands_still_while_its_loop_is_busy_and_tasks_do_not() {
        assert_eq!(block_on_paused(stream::starved(BEAT)).steps, 0);
        assert_eq!(block_on_paused(stream::fed(BEAT)).steps, 3);
    }
}
