//! The lessons `spin`, `ticket`, `mcs`, `futex` and `reentrant`: what is shown as broken breaks on
//! every run, what holds holds in the same window; and what a model checker says of the same files.

use std::time::Duration;

use locks::Cues;
use locks::real::inside::Done;
use locks::real::{futex, mcs, reentrant, spin, ticket};

const RUNS: usize = 50;

/// Two were inside at once, and one of two increments is lost.
const BOTH_IN: Done = Done { entered: 2, most_inside: 2, value: 1 };

/// Asserts that a form of a lesson ends in a deadlock that is seen from outside, on the command
/// line as people run it.
fn deadlocks(lesson: &str, form: &str, waits: &str) {
    let output =
        checks::run(env!("CARGO_BIN_EXE_locks"), &[lesson, "--variant", form, "--width", "120"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("as it must") && said.contains(waits), "{said}");
    if cfg!(target_os = "linux") {
        assert!(said.contains("1 of 1 thread asleep in futex"), "{said}");
    }
}

checks::within_a_minute! {
    #[test]
    fn a_test_and_a_set_let_two_threads_in_and_an_increment_is_lost_on_every_run() {
        for _ in 0..RUNS {
            let done = spin::two_steps::tried(&Cues::given(), Duration::ZERO);
            assert_eq!(done, BOTH_IN);
        }
    }

    #[test]
    fn a_test_and_set_in_one_step_lets_one_in_at_a_time() {
        for _ in 0..RUNS {
            let done = spin::one_step::tried(&Cues::given(), Duration::ZERO);
            // The second may come when the first has been and gone.
            assert!((1..=2).contains(&done.entered), "{done:?}");
            assert_eq!((done.most_inside, done.value), (1, done.entered));
        }
    }

    #[test]
    fn whoever_waits_gets_in_and_nobody_else_is_there() {
        let done = spin::one_step::waited(10, Duration::from_micros(100));
        assert_eq!(done, Done { entered: 20, most_inside: 1, value: 20 });
    }

    #[test]
    fn two_threads_that_add_to_a_plain_value_under_the_lock_lose_nothing() {
        for times in [1, 2, 1_000, 200_000] {
            assert_eq!(spin::one_step::count(times), 2 * times);
        }
    }

    #[test]
    fn a_number_that_is_drawn_in_two_steps_is_drawn_twice_on_every_run() {
        for _ in 0..RUNS {
            assert_eq!(ticket::two_steps::tried(&Cues::given(), Duration::ZERO), BOTH_IN);
        }
    }

    #[test]
    fn a_number_that_is_drawn_in_one_step_lets_one_in_at_a_time() {
        for _ in 0..RUNS {
            let done = ticket::one_step::tried(&Cues::given(), Duration::ZERO);
            // The second may come when the first has been and gone.
            assert!((1..=2).contains(&done.entered), "{done:?}");
            assert_eq!((done.most_inside, done.value), (1, done.entered));
        }
    }

    #[test]
    fn who_comes_first_is_served_first_however_many_come() {
        for waiters in [1, 2, 16] {
            let in_order: Vec<_> = (1..=waiters).collect();
            assert_eq!(ticket::one_step::in_order(waiters, Duration::ZERO), in_order);
            assert_eq!(mcs::in_order(waiters, Duration::ZERO), in_order);
        }
    }

    #[test]
    fn who_waits_for_the_link_hands_the_lock_on_in_the_window_in_which_the_other_form_does_not() {
        for _ in 0..RUNS {
            assert_eq!(mcs::linked::run(&Cues::given(), Duration::ZERO), 2);
        }
    }

    #[test]
    fn who_says_what_it_has_seen_is_not_put_to_sleep_when_that_is_no_longer_so() {
        for _ in 0..RUNS {
            assert_eq!(futex::seen::run(&Cues::given(), Duration::ZERO), 2);
        }
    }

    #[test]
    fn who_waits_for_the_mutex_sleeps_and_is_woken() {
        for _ in 0..RUNS {
            let waited = futex::three_states::slept();
            assert_eq!(waited.found, 1);
            assert_eq!(waited.asleep, cfg!(target_os = "linux").then_some(true));
        }
    }

    #[test]
    fn two_threads_that_add_to_a_plain_value_under_the_mutex_lose_nothing() {
        for times in [1, 2, 1_000, 200_000] {
            assert_eq!(futex::three_states::count(times), 2 * times);
        }
    }

    #[test]
    fn a_lock_that_does_not_count_is_free_when_the_inner_section_ends_on_every_run() {
        for _ in 0..RUNS {
            assert_eq!(reentrant::uncounted::run(&Cues::given(), Duration::ZERO), BOTH_IN);
        }
    }

    #[test]
    fn a_lock_that_counts_is_refused_to_others_until_the_outer_section_ends() {
        for _ in 0..RUNS {
            let done = reentrant::counted::run(&Cues::given(), Duration::ZERO);
            assert_eq!(done, Done { entered: 1, most_inside: 1, value: 1 });
        }
    }

    #[test]
    fn a_lock_taken_n_times_is_given_back_n_times() {
        assert_eq!(reentrant::counted::nested(1), [1, 0]);
        assert_eq!(reentrant::counted::nested(3), [1, 2, 3, 2, 1, 0]);
    }
}

#[test]
fn who_goes_away_without_the_link_leaves_the_other_waiting_for_ever() {
    deadlocks("mcs", "unlinked", "t2 → its turn");
}

#[test]
fn who_does_not_say_what_it_has_seen_sleeps_through_the_wake_up() {
    deadlocks("futex", "now", "t2 → lock");
}

/// What the model checker says of the same files.
mod modelled {
    use locks::Cues;
    use locks::model::inside::Done;
    use locks::model::{futex, mcs, reentrant, spin, ticket};
    use stage::{Bound, Explored, Why, explore, model};

    use super::Duration;

    fn alone(done: Done) {
        assert!(done.most_inside <= 1, "both are inside at once");
        assert!(done.value == done.entered, "an increment is lost");
    }

    fn explored<T>(run: impl Fn() -> T + Send + Sync + 'static) -> Explored {
        explore(&Bound { schedules: 20_000, random: 500, ..Bound::default() }, &model(run))
    }

    /// Lets both in; returns in how many schedules of how many, and the steps of the shortest.
    fn both_in(run: impl Fn() -> Done + Send + Sync + 'static) -> (usize, usize, Vec<String>) {
        let found = explored(move || alone(run()));
        assert!(found.exhaustive());
        let shortest = found.shortest.expect("some schedule fails");
        assert_eq!(shortest.why, Why::Panic("both are inside at once".to_owned()));
        let steps = shortest.steps.iter().map(|step| format!("{} {}", step.lane, step.did));
        (found.depth_first.panicked, found.depth_first.run, steps.collect())
    }

    /// Fails in no schedule, of all there are; returns how many.
    fn holds<T>(run: impl Fn() -> T + Send + Sync + 'static) -> usize {
        let found = explored(run);
        assert!(!found.failed(), "{:?}", found.shortest);
        assert!(found.exhaustive(), "these were not all schedules: {:?}", found.depth_first);
        found.depth_first.run
    }

    /// Of all schedules with two preemptions at most: how many there are, and how many deadlock.
    fn few(run: fn(&Cues, Duration) -> u32) -> (usize, usize) {
        let found = explored(move || assert_eq!(run(&Cues::none(), Duration::ZERO), 2));
        assert!(found.counts().iter().all(|count| count.panicked == 0), "{found:?}");
        let (few, random) = found.beyond.expect("there are more schedules than that");
        assert!(few.all && few.cut == 0, "{few:?}");
        assert_eq!(few.deadlocked > 0, random.deadlocked > 0);
        (few.deadlocked, few.run)
    }

    #[test]
    fn a_test_and_a_set_let_both_in_in_15400_of_17779_schedules_and_in_one_step_in_none_of_192() {
        let (panicked, run, steps) =
            both_in(|| spin::two_steps::tried(&Cues::none(), Duration::ZERO));
        assert_eq!((panicked, run), (15_400, 17_779));
        assert_eq!(
            steps,
            ["t1 finds it free", "t2 finds it free", "t1 takes lock", "t2 takes lock"]
        );
        assert_eq!(holds(|| alone(spin::one_step::tried(&Cues::none(), Duration::ZERO))), 192);
    }

    #[test]
    fn a_lock_that_is_waited_for_has_no_end_of_schedules_and_lets_one_in_at_a_time_in_those_that_were_followed()
     {
        let waited = model(|| alone(spin::one_step::waited(1, Duration::ZERO)));
        let found =
            explore(&Bound { schedules: 2_000, random: 2_000, ..Bound::default() }, &waited);
        assert!(!found.failed(), "{:?}", found.shortest);
        assert!(!found.exhaustive());
        assert!(
            found.depth_first.cut > 0,
            "in some, the waiting thread looks again and again: {found:?}"
        );
    }

    #[test]
    fn a_number_drawn_in_two_steps_lets_both_in_in_2000_of_6606_schedules_and_in_one_step_in_none_of_983()
     {
        let (panicked, run, steps) =
            both_in(|| ticket::two_steps::tried(&Cues::none(), Duration::ZERO));
        assert_eq!((panicked, run), (2_000, 6_606));
        assert_eq!(
            steps,
            ["t1 draws number 0", "t2 draws number 0", "t1 takes lock", "t2 takes lock"]
        );
        assert_eq!(holds(|| alone(ticket::one_step::tried(&Cues::none(), Duration::ZERO))), 983);
    }

    #[test]
    fn a_lock_that_does_not_count_lets_both_in_in_840_of_4085_schedules_and_one_that_does_in_none_of_2645()
     {
        let (panicked, run, steps) =
            both_in(|| reentrant::uncounted::run(&Cues::none(), Duration::ZERO));
        assert_eq!((panicked, run), (840, 4_085));
        assert_eq!(
            steps,
            ["t1 takes lock", "t1 takes it again, and gives that back", "t2 takes lock"]
        );
        assert_eq!(holds(|| alone(reentrant::counted::run(&Cues::none(), Duration::ZERO))), 2_645);
    }

    #[test]
    fn a_line_that_is_left_without_the_link_deadlocks_in_35_of_141_schedules_of_few_preemptions() {
        assert_eq!(few(mcs::unlinked::run), (35, 141));
        assert_eq!(few(mcs::linked::run), (0, 150));
    }

    #[test]
    fn a_sleep_that_does_not_say_what_was_seen_deadlocks_in_6_of_171_schedules_of_few_preemptions()
    {
        assert_eq!(few(futex::now::run), (6, 171));
        assert_eq!(few(futex::seen::run), (0, 165));
    }

    #[test]
    fn two_threads_get_in_and_nobody_sleeps_on_in_all_6363_schedules_of_the_mutex() {
        assert_eq!(holds(|| assert_eq!(futex::three_states::count(1), 2)), 6_363);
    }
}
