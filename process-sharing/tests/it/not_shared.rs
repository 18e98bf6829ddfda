//! Who sees a change: a thread changes the variables of its process, a process has variables of its
//! own.

use process_sharing::child::{DEADLINE, ask};
use process_sharing::not_shared::{Outcome, START, Seen, by_a_process, by_a_thread};
use process_sharing::role::Role;

use crate::program;

fn process() -> Outcome {
    by_a_process(program()).expect("the child reports")
}

#[test]
fn what_a_child_process_changes_is_unchanged_in_its_parent() {
    let Outcome { parent, changer } = process();
    assert_eq!((parent.counter.value, parent.heap.value), (START, START));
    assert_eq!(parent.pid, std::process::id());
    assert_ne!(changer.pid, parent.pid);
}

#[test]
fn a_static_begins_anew_in_a_child_whatever_its_parent_had_set_it_to() {
    assert_eq!(process().changer.counter.value, 1);
}

#[test]
fn a_value_that_is_handed_over_arrives_as_a_copy() {
    let Outcome { parent, changer } = process();
    assert_eq!((parent.heap.value, changer.heap.value), (START, START + 1));
}

#[test]
fn two_children_do_not_see_each_others_changes_either() {
    let (first, second) = (process().changer, process().changer);
    assert_ne!(first.pid, second.pid);
    assert_eq!((first.counter.value, first.heap.value), (second.counter.value, second.heap.value));
}

#[test]
fn what_a_thread_changes_is_changed_in_its_process_at_the_same_addresses() {
    let Outcome { parent, changer } = by_a_thread();
    assert_eq!((parent.counter.value, parent.heap.value), (START + 1, START + 1));
    assert_eq!(parent, changer);
    assert_eq!(changer.pid, std::process::id());
}

#[test]
fn a_report_is_read_as_it_was_written() {
    let seen = by_a_thread().parent;
    assert_eq!(seen.to_string().parse(), Ok(seen));
    for wrong in ["", "1 2 3 4", "1 2 3 4 5 6", "1 2 3 4 five", "1 4294967296 3 4 5"] {
        assert!(wrong.parse::<Seen>().is_err(), "{wrong}");
    }
}

#[test]
fn a_child_may_be_handed_any_value() {
    let report = ask(program(), Role::Change(41), DEADLINE).expect("the child reports");
    let seen: Seen = report.parse().expect("it is a report");
    assert_eq!((seen.counter.value, seen.heap.value), (1, 42));
}
