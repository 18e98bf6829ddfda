//! How a process is stopped, crashes, and comes to its limits.

use std::time::Duration;

use processes::isolation::{Fallen, child_crashes, thread_crashes, thread_panics};
use processes::limits::limited;
use processes::signals::{Stopped, stopped};
use processes::spawn_and_wait::Ended;

use crate::program;

const LONG: Duration = Duration::from_secs(15);
const SHORT: Duration = Duration::from_millis(50);

#[test]
fn a_child_that_is_not_prepared_is_ended_by_the_request_to_stop() {
    let stopped = stopped(program(), "unprepared", LONG).expect("it ends");
    assert_eq!(stopped, Stopped { ended: Ended::Signalled(15), made_to: false, last: None });
}

#[test]
fn a_child_that_handles_the_request_puts_its_things_away_and_ends_well() {
    let stopped = stopped(program(), "in-order", LONG).expect("it ends");
    let last = Some("its things are put away".to_owned());
    assert_eq!(stopped, Stopped { ended: Ended::Exited(0), made_to: false, last });
}

#[test]
fn a_child_that_is_deaf_to_the_request_is_killed_after_the_time_limit() {
    let stopped = stopped(program(), "deaf", SHORT).expect("it ends");
    assert_eq!(stopped, Stopped { ended: Ended::Signalled(9), made_to: true, last: None });
}

#[test]
#[cfg(target_os = "linux")]
fn a_signal_to_a_child_does_not_reach_its_own_child() {
    let ended = processes::signals::only_the_child(program()).expect("they end");
    assert_eq!(ended, [Ended::Signalled(9), Ended::Exited(0)]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_signal_to_a_group_reaches_all_of_it() {
    let ended = processes::signals::whole_group(program()).expect("they end");
    assert_eq!(ended, [Ended::Signalled(9); 2]);
}

#[test]
fn a_thread_that_panics_leaves_its_process_half_a_transfer_and_a_poisoned_lock() {
    let learns = Ok("in the middle of a transfer".to_owned());
    let wanted = Fallen { learns, theirs: (60, 0), balances: (60, 0), poisoned: true };
    assert_eq!(thread_panics().expect("there is room for a thread"), wanted);
}

#[test]
fn a_crash_in_one_thread_ends_the_whole_process() {
    let (said, ended) = thread_crashes(program()).expect("it ends");
    assert_eq!((said, ended), (vec!["all work".to_owned()], Ended::Signalled(6)));
}

#[test]
fn a_child_that_crashes_takes_nothing_of_its_parents_with_it() {
    let ways = [
        ("panic", Ended::Exited(101)),
        ("abort", Ended::Signalled(6)),
        ("fault", Ended::Signalled(11)),
    ];
    for (of, ended) in ways {
        let wanted =
            Fallen { learns: Err(ended), theirs: (60, 0), balances: (100, 0), poisoned: false };
        assert_eq!(child_crashes(program(), of).expect("it ends"), wanted, "{of}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn an_allocation_beyond_the_limit_aborts_and_one_that_may_fail_is_an_error() {
    let aborted = limited(program(), "memory").expect("it ends");
    assert_eq!((aborted.ended, aborted.last), (Ended::Signalled(6), None));
    assert!(
        aborted.complaint.contains("memory allocation of 536870912 bytes failed"),
        "{}",
        aborted.complaint
    );
    let asked = limited(program(), "memory-asked").expect("it ends");
    assert_eq!(asked.ended, Ended::Exited(0));
    assert!(
        asked.last.as_ref().is_some_and(|last| last.contains("allocation failed")),
        "{asked:?}"
    );
}

#[test]
fn without_a_limit_the_same_memory_is_to_be_had() {
    let free = limited(program(), "nothing").expect("it ends");
    assert_eq!((free.ended, free.last.as_deref()), (Ended::Exited(0), Some("has 536870912 bytes")));
}

#[test]
fn a_second_of_processor_time_used_up_is_a_signal() {
    assert_eq!(limited(program(), "time").expect("it ends").ended, Ended::Signalled(24));
}

#[test]
fn a_file_beyond_the_limit_cannot_be_opened() {
    let seen = limited(program(), "files").expect("it ends");
    let last = seen.last.expect("it says where it stopped");
    assert_eq!(seen.ended, Ended::Exited(0));
    assert!(last.starts_with("15, then: Too many open files"), "{last}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_does_not_grow_beyond_the_limit() {
    let seen = limited(program(), "size").expect("it ends");
    assert_eq!((seen.ended, seen.last.as_deref()), (Ended::Signalled(25), Some("64 KiB")));
}
