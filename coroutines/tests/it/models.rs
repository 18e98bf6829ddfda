//! The exact counts of schedules of the models, and of what comes out of those that differ.

use std::time::Duration;

use coroutines::model::{
    async_drop, cancel, channels, futurelock, local, notify, semaphore, shutdown, task_local, wake,
};
use kit::model::runtime::block_on;
use kit::sync_point::SyncPoint;
use stage::{Bound, explore, outcomes};

const NOW: Duration = Duration::ZERO;

/// Explores a model to its end; returns how many of all schedules fail, and how many there are;
/// then what comes out of those that differ, and in how many.
#[track_caller]
fn counted(
    right: &[u32],
    run: impl Fn() -> u32 + Send + Sync + 'static,
) -> (usize, usize, Vec<(String, usize)>) {
    let found = explore(&Bound::default(), &outcomes(right.to_vec(), run));
    assert!(found.exhaustive(), "{found:?}");
    let ends = found.ends.iter().map(|(out, &(_, times))| (out.clone(), times)).collect();
    (found.depth_first.failed(), found.depth_first.run, ends)
}

macro_rules! counts {
    ($($name:ident: $right:tt $run:expr => $failed:literal of $all:literal, $ends:expr;)*) => {$(
        #[test]
        fn $name() {
            let (failed, all, ends) = counted(&$right, $run);
            let ends: Vec<_> = ends.iter().map(|(out, times)| (out.as_str(), *times)).collect();
            assert_eq!((failed, all, &ends[..]), ($failed, $all, &$ends[..]));
        }
    )*};
}

const LOST: &str = "nobody can move";

/// The number of transactions that are left open.
fn open(heard: impl Future<Output = async_drop::Heard>) -> u32 {
    block_on(heard).len() as u32 % 2
}

fn woken<F: Future<Output = usize>>(run: impl FnOnce(notify::Window) -> F) -> u32 {
    block_on(run(notify::Window::of_the_schedule())) as u32
}

counts! {
    a_wake_up_between_the_check_and_the_park_is_lost_in_418_of_2541_schedules:
        [1, 2] || wake::check_then_park(&SyncPoint::none()) => 418 of 2541,
        [("1", 1), ("2", 2), (LOST, 1)];
    a_wake_up_that_is_cleared_before_the_sleep_is_lost_in_234_of_1039_schedules:
        [1, 2] || wake::locked::<true>(&SyncPoint::none()) => 234 of 1039,
        [("1", 1), ("2", 1), (LOST, 2)];
    a_critical_section_loses_no_wake_up_in_any_schedule:
        [1, 2] || wake::locked::<false>(&SyncPoint::none()) => 0 of 1195, [("1", 1), ("2", 2)];
    a_token_loses_no_wake_up_in_any_schedule_though_a_park_returns_spuriously:
        [1, 2, 3, 4] || wake::parked(&SyncPoint::none()) => 0 of 2245,
        [("1", 1), ("2", 2), ("3", 2), ("4", 2)];
    an_abort_between_withdrawal_and_deposit_loses_coins:
        [0] || cancel::cut(0, cancel::half_done).lost => 1 of 4, [("0", 3), ("10", 1)];
    an_abort_loses_nothing_that_a_destructor_puts_back:
        [0] || cancel::cut(0, cancel::rolled_back).lost => 0 of 4, [("0", 4)];
    an_abort_of_the_wait_for_a_task_loses_nothing:
        [0] || cancel::cut(0, cancel::spawned).lost => 0 of 57, [("0", 57)];
    an_abort_above_the_last_line_leaves_a_transaction_open_in_105_of_226_schedules:
        [0] || open(async_drop::at_the_end(NOW)) => 105 of 226, [("0", 121), ("1", 105)];
    a_future_that_a_destructor_makes_is_polled_by_nobody:
        [0] || open(async_drop::in_drop(NOW)) => 105 of 226, [("0", 121), ("1", 105)];
    a_clean_up_that_a_destructor_spawns_ends_the_transaction:
        [0] || open(async_drop::spawned(NOW)) => 0 of 364, [("0", 364)];
    a_task_that_is_told_to_stop_ends_its_transaction:
        [0] || open(async_drop::told(NOW)) => 0 of 61, [("0", 61)];
    a_notification_of_all_between_check_and_wait_is_lost_in_140_of_360_schedules:
        [2] || woken(notify::checks_first) => 140 of 360, [("2", 220), (LOST, 140)];
    two_notifications_of_one_store_one_permit_in_32_of_412_schedules:
        [2] || woken(notify::one_permit) => 32 of 412, [("2", 380), (LOST, 32)];
    a_future_counts_for_a_notification_of_all_from_its_creation:
        [2] || woken(notify::created_first) => 0 of 412, [("2", 412)];
    a_future_that_is_enabled_has_its_place_in_the_queue:
        [2] || woken(notify::enabled) => 0 of 412, [("2", 412)];
    a_watched_flag_is_missed_in_no_schedule:
        [2] || woken(notify::watched) => 0 of 412, [("2", 412)];
    an_abort_of_a_send_loses_the_message: [0] || cancel::sent(false, 1).lost => 1 of 4,
        [("0", 3), ("1", 1)];
    an_abort_of_a_reserve_keeps_the_message: [0] || cancel::sent(true, 1).lost => 0 of 4,
        [("0", 4)];
    a_channel_without_a_bound_fills_in_every_schedule:
        [1, 2] || block_on(channels::unbounded(4, NOW)).most as u32 => 3 of 3, [("4", 3)];
    a_channel_with_a_bound_keeps_it_in_every_schedule:
        [1, 2] || block_on(channels::bounded(4, 1, NOW)).most as u32 => 0 of 32, [("1", 32)];
    requests_without_permits_are_concurrent_in_every_schedule:
        [1] || block_on(semaphore::requests(2, None, NOW)) as u32 => 20 of 20, [("2", 20)];
    requests_with_one_permit_never_are:
        [1] || block_on(semaphore::requests(3, Some(1), NOW)) as u32 => 0 of 1923, [("1", 1923)];
    an_await_between_read_and_write_loses_updates_in_80_of_112_schedules:
        [4] local::yield_between => 80 of 112, [("2", 51), ("3", 29), ("4", 32)];
    without_an_await_between_no_schedule_loses_an_update:
        [4] || local::no_await_between(NOW) => 0 of 112, [("4", 112)];
    a_lock_that_is_handed_to_a_future_which_nobody_polls_is_lost_in_1_of_3_schedules:
        [2] || block_on(futurelock::by_reference(NOW)).len() as u32 => 1 of 3,
        [("2", 2), (LOST, 1)];
    a_future_that_select_owns_leaves_the_queue:
        [2] || block_on(futurelock::dropped(NOW)).len() as u32 => 0 of 3, [("2", 3)];
    a_future_that_is_polled_on_has_its_turn:
        [2, 3] || block_on(futurelock::polled(NOW)).len() as u32 => 0 of 3, [("2", 2), ("3", 1)];
    a_future_that_is_a_task_has_its_turn:
        [2, 3] || block_on(futurelock::spawned(NOW)).len() as u32 => 0 of 18,
        [("2", 12), ("3", 6)];
    a_thread_local_is_overwritten_by_the_other_request_in_every_schedule:
        [0] task_local::of_the_thread => 5 of 5, [("1", 5)];
    a_thread_local_that_is_swapped_for_each_poll_never_is:
        [0] task_local::by_poll => 0 of 5, [("0", 5)];
    a_task_local_is_not_overwritten_either: [0] task_local::of_the_task => 0 of 5, [("0", 5)];
    stages_that_end_with_their_input_lose_none: [0] || shutdown::lost(false) => 0 of 2378,
        [("0", 3)];
}

#[test]
fn a_stage_that_is_dropped_loses_orders_in_three_of_the_six_schedules_that_differ() {
    // Thousands more change the order of independent steps alone: they are not counted.
    let bound = Bound { plain: Some(1), ..Bound::default() };
    let found = explore(&bound, &outcomes(vec![0], || shutdown::lost(true)));
    let ends: Vec<_> = found.ends.iter().map(|(out, (_, times))| (out.as_str(), *times)).collect();
    assert!(found.exhaustive(), "{found:?}");
    assert_eq!(ends, [("0", 3), ("1", 2), ("2", 1)]);
}

#[test]
fn each_step_of_a_task_has_its_place_in_the_lesson() {
    let sent = outcomes(vec![0], || cancel::sent(false, 1).lost);
    let unbounded = outcomes(vec![1], || block_on(channels::unbounded(4, NOW)).most);
    for (model, file, tasks) in [
        (sent, "coroutines/src/cancel.rs", ["main", "sender"]),
        (unbounded, "coroutines/src/channels.rs", ["consumer", "producer"]),
    ] {
        let failing = explore(&Bound::default(), &model).shortest.expect("it fails");
        for step in failing.steps {
            assert_eq!(step.at.map(|(file, _)| file), Some(file), "{step:?}");
            assert!(tasks.contains(&step.lane.as_str()), "{step:?}");
        }
    }
}
