//! What is shown as broken breaks, for real and on every run, and is told who waits for whom.

use std::process::Command;
use std::time::Duration;

use deadlock::{Metronome, real, starvation};
use stage::{End, WaitCycle, watch};

/// Plays a form that deadlocks in a child, as the binary does, and returns the knot that it ended
/// in.
fn knot(arguments: &[&str], form: &str) -> WaitCycle {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deadlock"));
    let seen = watch(command.args(arguments), form, Duration::from_secs(60))
        .expect("the binary was built");
    let threads = seen.threads.unwrap_or_default();
    assert!(threads.iter().all(|thread| thread.asleep), "someone is awake: {threads:?}");
    match seen.end {
        End::Deadlocked(knot) => knot,
        other => panic!("{arguments:?} {form} did not deadlock: {other:?}; {}", seen.complaint),
    }
}

fn circle(arguments: &[&str], form: &str) -> String {
    knot(arguments, form).to_string()
}

#[test]
fn a_thread_that_takes_its_own_lock_waits_for_itself() {
    assert_eq!(circle(&["self-lock"], "twice"), "t1 → A → t1");
}

#[test]
fn opposite_orders_deadlock() {
    assert_eq!(circle(&["lock-order"], "opposite"), "t1 → B → t2 → A → t1");
}

#[test]
fn the_threads_of_a_deadlock_are_seen_from_outside_in_futex() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deadlock"));
    let seen = watch(command.arg("lock-order"), "opposite", Duration::from_secs(60))
        .expect("the binary was built");
    if !cfg!(target_os = "linux") {
        assert_eq!(seen.threads, None, "only Linux shows another process's threads");
        return;
    }
    let mut threads = seen.threads.expect("Linux shows them");
    threads.sort_by(|one, other| one.name.cmp(&other.name));
    let names: Vec<_> = threads.iter().map(|thread| thread.name.as_str()).collect();
    assert_eq!(names, ["t1", "t2"]);
    assert!(threads.iter().all(|thread| thread.call.as_deref() == Some("futex")), "{threads:?}");
}

#[test]
fn five_philosophers_with_a_left_fork_each_deadlock() {
    let wanted = "p0 → f1 → p1 → f2 → p2 → f3 → p3 → f4 → p4 → f0 → p0";
    assert_eq!(circle(&["philosophers"], "naive"), wanted);
}

#[test]
fn any_number_of_philosophers_deadlocks() {
    assert_eq!(circle(&["philosophers", "--philosophers", "2"], "naive"), "p0 → f1 → p1 → f0 → p0");
    assert_eq!(knot(&["philosophers", "--philosophers", "64"], "naive").waits.len(), 64);
}

#[test]
fn with_all_four_conditions_there_is_a_deadlock() {
    assert_eq!(circle(&["coffman"], "all-four"), "t1 → B → t2 → A → t1");
}

#[test]
fn a_greedy_bank_ends_with_its_money_out() {
    assert_eq!(circle(&["banker"], "greedy"), "client0 → a coin → client1 → a coin → client0");
}

#[test]
fn two_readers_that_upgrade_wait_for_each_other() {
    assert_eq!(circle(&["upgrade"], "both-upgrade"), "t1 → read → t2 → read → t1");
}

#[test]
fn two_that_receive_first_wait_for_each_other() {
    assert_eq!(circle(&["channels"], "both-receive"), "t1 → word from t2 → t2 → word from t1 → t1");
}

#[test]
fn two_that_send_first_without_room_wait_for_each_other() {
    assert_eq!(circle(&["channels"], "both-send"), "t1 → t2 to receive → t2 → t1 to receive → t1");
}

#[test]
fn a_ring_of_joins_never_ends() {
    assert_eq!(
        circle(&["join-cycle"], "ring"),
        "t1 → end of t2 → t2 → end of t3 → t3 → end of t1 → t1"
    );
}

#[test]
fn workers_that_wait_for_their_own_pool_stop_it() {
    let knot = knot(&["pool"], "waits");
    assert_eq!(knot.cycle, None, "no worker holds what another waits for");
    let waits: Vec<_> = knot.waits.iter().map(|wait| wait.lane.as_str()).collect();
    assert_eq!(waits, ["w1", "w2"]);
}

#[test]
fn a_lock_held_across_an_await_stops_its_thread() {
    assert_eq!(circle(&["async-guard"], "held-across"), "t1 → t2 to give way → t2 → A → t1");
}

#[test]
fn a_reader_that_asks_to_write_waits_for_itself() {
    assert_eq!(circle(&["upgrade"], "std-read-write"), "t1 → read → t1");
}

#[test]
fn a_reader_that_reads_again_waits_for_the_writer_that_waits_for_it() {
    assert_eq!(circle(&["upgrade"], "std-read-twice"), "t1 → the writer's turn → t2 → read → t1");
}

#[test]
fn a_receiver_that_keeps_a_sender_waits_for_its_own_end() {
    assert_eq!(circle(&["channels"], "sender-kept"), "t1 → t1 to hang up → t1");
}

#[test]
fn async_locks_in_opposite_orders_deadlock_as_well() {
    assert_eq!(circle(&["async-guard"], "async-opposite"), "t1 → B → t2 → A → t1");
}

checks::within_a_minute! {
    #[test]
    fn polite_threads_in_step_never_get_on() {
        let beat = Metronome::of(2, Duration::ZERO);
        assert_eq!(real::livelock::polite(500, beat), [None, None]);
    }

    #[test]
    fn the_one_in_the_middle_starves_while_its_neighbours_eat() {
        let meals = starvation::unfair(20);
        assert_eq!((meals.middle, meals.neighbours), (0, 40));
        assert!(meals.tries >= 20, "before each meal's end, it has tried: {meals:?}");
    }
}
