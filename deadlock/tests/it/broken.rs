//! Which cycle of waits each deadlock ends in.

use std::process::Command;
use std::time::Duration;

use stage::{End, Seen, WaitCycle, watch};

fn seen(lesson: &[&str], variant: &str) -> Seen {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deadlock"));
    watch(command.args(lesson), variant, Duration::from_secs(60)).expect("the binary was built")
}

/// Runs a variant that deadlocks in a child, as the binary does.
fn deadlock(lesson: &[&str], variant: &str) -> WaitCycle {
    let seen = seen(lesson, variant);
    let threads = seen.threads.unwrap_or_default();
    assert!(threads.iter().all(|thread| thread.asleep), "a thread is awake: {threads:?}");
    match seen.end {
        End::Deadlocked(cycle) => cycle,
        other => panic!("{lesson:?} {variant} did not deadlock: {other:?}; {}", seen.complaint),
    }
}

#[test]
fn every_deadlock_names_its_cycle_of_waits() {
    let two = &["philosophers", "--philosophers", "2"][..];
    let five = "p0 → f1 → p1 → f2 → p2 → f3 → p3 → f4 → p4 → f0 → p0";
    let cycles = [
        (&["self-lock"][..], "twice", "t1 → A → t1"),
        (&["lock-order"], "opposite", "t1 → B → t2 → A → t1"),
        (&["philosophers"], "naive", five),
        (two, "naive", "p0 → f1 → p1 → f0 → p0"),
        (&["coffman"], "all-four", "t1 → B → t2 → A → t1"),
        (&["banker"], "greedy", "t1 → a coin → t2 → a coin → t1"),
        (&["upgrade"], "both-upgrade", "t1 → read → t2 → read → t1"),
        (&["upgrade"], "std-read-write", "t1 → read → t1"),
        (&["upgrade"], "std-read-twice", "t1 → the writer's turn → t2 → read → t1"),
        (&["channels"], "both-receive", "t1 → a message from t2 → t2 → a message from t1 → t1"),
        (&["channels"], "both-send", "t1 → t2 to receive → t2 → t1 to receive → t1"),
        (&["channels"], "sender-kept", "t1 → t1 to drop its sender → t1"),
        (&["join-cycle"], "ring", "t1 → end of t2 → t2 → end of t3 → t3 → end of t1 → t1"),
        (&["async-guard"], "held-across", "t1 → t2 to yield → t2 → A → t1"),
        (&["async-guard"], "async-opposite", "t1 → B → t2 → A → t1"),
    ];
    // A deadlock is mostly a wait: the waits are side by side.
    std::thread::scope(|scope| {
        for (lesson, variant, cycle) in cycles {
            scope.spawn(move || {
                assert_eq!(deadlock(lesson, variant).to_string(), cycle, "{lesson:?} {variant}");
            });
        }
    });
    let many = deadlock(&["philosophers", "--philosophers", "64"], "naive");
    assert_eq!(many.waits.len(), 64);
    let pool = deadlock(&["pool"], "waits");
    assert_eq!(pool.cycle, None, "no worker holds what another waits for");
    assert_eq!([&pool.waits[0].lane, &pool.waits[1].lane], ["w1", "w2"]);
}

#[test]
fn the_threads_of_a_deadlock_are_seen_from_outside_in_futex() {
    let threads = seen(&["lock-order"], "opposite").threads;
    if !cfg!(target_os = "linux") {
        assert_eq!(threads, None, "only Linux shows another process's threads");
        return;
    }
    let mut threads = threads.expect("Linux shows them");
    threads.sort_by(|one, other| one.name.cmp(&other.name));
    let names: Vec<_> = threads.iter().map(|thread| thread.name.as_str()).collect();
    assert_eq!(names, ["t1", "t2"]);
    assert!(threads.iter().all(|thread| thread.call.as_deref() == Some("futex")), "{threads:?}");
}
