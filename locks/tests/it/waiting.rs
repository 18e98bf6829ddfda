//! The lessons on what is shared or waited at, for real: what is shown as broken breaks on every
//! run, what holds holds in the same window.

use std::process::Command;
use std::time::Duration;

use locks::Cues;
use locks::real::{barrier, condvar, event, latch, rwlock, semaphore, sharded_rwlock};
use stage::{End, watch};

const RUNS: usize = 25;
const PACE: Duration = Duration::from_micros(100);

/// Plays a form that deadlocks in a child, as the binary does, and returns who waits for what in
/// the end.
fn knot(lesson: &str, form: &str) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_locks"));
    let seen =
        watch(command.arg(lesson), form, Duration::from_secs(60)).expect("the binary was built");
    match seen.end {
        End::Deadlocked(knot) => {
            knot.waits.iter().map(|wait| format!("{} {wait}", wait.lane)).collect()
        }
        other => panic!("{lesson} {form} did not deadlock: {other:?}; {}", seen.complaint),
    }
}

#[test]
fn readers_that_hand_over_keep_the_writer_out_for_as_long_as_they_go_on() {
    for turns in [1, 2, 20] {
        let done = rwlock::reader_preferring::run(turns, &Cues::given(), PACE);
        // All but the first, who came before the writer.
        let wanted = rwlock::Done { overtook: 2 * turns - 1, most_readers: 2, alone: true };
        assert_eq!(done, wanted);
    }
}

#[test]
fn a_flag_set_without_the_lock_is_waited_for_for_ever() {
    assert_eq!(knot("condvar", "unlocked-flag"), ["t1 waits for flag"]);
}

#[test]
fn a_barrier_without_rounds_leaves_one_thread_in_each_of_two() {
    let wanted = ["t1 waits for round 2, held by t2", "t2 waits for round 3, held by t1"];
    assert_eq!(knot("barrier", "counter-alone"), wanted);
}

#[test]
fn a_pulse_that_nobody_waits_for_is_waited_for_for_ever() {
    assert_eq!(knot("event", "pulse"), ["t1 waits for signal"]);
}

checks::within_a_minute! {
    #[test]
    fn a_writer_that_waits_is_passed_by_no_reader() {
        for _ in 0..RUNS {
            let done = rwlock::writer_preferring::run(5, &Cues::given(), Duration::ZERO);
            assert_eq!((done.overtook, done.alone), (0, true));
        }
    }

    #[test]
    fn a_writer_of_its_own_shard_shows_half_a_change_and_a_writer_of_every_shard_does_not() {
        for _ in 0..RUNS {
            assert_eq!(sharded_rwlock::own_shard::run(&Cues::given(), PACE), [1, 0]);
        }
        for _ in 0..RUNS {
            assert_eq!(sharded_rwlock::every_shard::run(&Cues::given(), PACE), [1, 1]);
        }
    }

    #[test]
    fn who_asks_once_finds_nothing_and_who_asks_again_waits_for_the_next() {
        for _ in 0..RUNS {
            let mut taken = condvar::if_once::run(&Cues::given(), PACE);
            taken.sort_unstable();
            assert_eq!(taken, [None, Some(1)]);
            let mut taken = condvar::while_again::run(&Cues::given(), PACE);
            taken.sort_unstable();
            assert_eq!(taken, [Some(1), Some(2)]);
        }
    }

    #[test]
    fn what_two_producers_put_two_consumers_take_all_of_it() {
        for items in [1, 2, 500] {
            let sum = u64::from(items) * u64::from(items + 1);
            assert_eq!((condvar::while_again::sum(items), condvar::ours::sum(items)), (sum, sum));
        }
    }

    #[test]
    fn a_flag_set_under_the_lock_is_always_seen() {
        for _ in 0..RUNS {
            condvar::locked_flag::run(&Cues::given(), PACE);
        }
    }

    #[test]
    fn a_permit_that_was_never_taken_lets_one_too_many_in_unless_it_is_refused() {
        use semaphore::Done;
        for _ in 0..RUNS {
            let let_in = semaphore::unbounded::run(2, &Cues::given(), PACE);
            assert_eq!(let_in, Done { most_inside: 3, refused: false });
            let refused = semaphore::bounded::run(2, &Cues::given(), PACE);
            assert_eq!(refused, Done { most_inside: 2, refused: true });
            let permits = semaphore::permits::run(2, &Cues::given(), PACE);
            assert_eq!(permits, Done { most_inside: 2, refused: false });
        }
    }

    #[test]
    fn who_looks_late_finds_another_round() {
        for _ in 0..RUNS {
            assert!(barrier::round_number::run(&Cues::given(), PACE));
        }
    }

    #[test]
    fn rounds_are_in_step_and_each_has_one_leader() {
        for (threads, rounds) in [(1, 10), (2, 200), (3, 100)] {
            let done = barrier::looks_first::run(threads, rounds);
            assert_eq!(done, barrier::looks_first::Done { out_of_step: 0, led: rounds });
        }
    }

    #[test]
    fn a_signal_that_stays_is_not_missed() {
        for _ in 0..RUNS {
            event::auto_reset::run(&Cues::given(), PACE);
            event::manual_reset::run(&Cues::given(), PACE);
            assert_eq!(event::auto_reset::one_each(), [1, 2, 3]);
        }
    }

    #[test]
    fn workers_that_register_late_are_not_waited_for_and_counted_ones_are() {
        for _ in 0..RUNS {
            assert_eq!(latch::registered_late::run(3, &Cues::given(), PACE), 0);
            assert_eq!(latch::counted_first::run(3, &Cues::given(), PACE), 3);
        }
    }
}
