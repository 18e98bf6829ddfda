//! What becomes of a child when its parent ends, and of an orphan, and of a zombie.

use processes::child::{DEADLINE, Guarded};
use processes::daemon::{Bond, Fate, killed, thread_ended, waited_for};
use processes::house::{House, kill};
use processes::orphan::{Orphan, adopted, not_reaped};
use processes::spawn_and_wait::Ended;
use processes::zombie::{CHILDREN, dropped, ignored, waited};

use crate::program;

const KILLED: Ended = Ended::Signalled(9);
const WELL: Ended = Ended::Exited(0);

#[test]
fn a_child_that_nothing_ties_lives_on_when_its_parent_is_killed() {
    let fate = killed(program(), Bond::Nothing).expect("it ends with the lesson's pipe");
    assert_eq!(fate, Fate { parent: KILLED, lived_on: true, child: WELL });
}

#[test]
fn a_child_that_asked_for_a_signal_at_its_parents_death_is_killed_with_it() {
    let fate = killed(program(), Bond::Signal).expect("it ends with its parent");
    assert_eq!(fate, Fate { parent: KILLED, lived_on: false, child: KILLED });
}

#[test]
fn a_child_that_reads_a_pipe_from_its_parent_ends_when_its_parent_is_killed() {
    let fate = killed(program(), Bond::Pipe).expect("it ends with its parent");
    assert_eq!(fate, Fate { parent: KILLED, lived_on: false, child: WELL });
}

#[test]
fn a_child_whose_parent_was_gone_before_it_could_ask_does_not_wait_for_the_signal() {
    let of = |parent: u32| {
        let role = format!("child:signal:{parent}");
        let mut child = Guarded::start(program(), role, DEADLINE).expect("the binary was built");
        let said = child.out().line().expect("it says it, or ends");
        (said.is_some(), child)
    };
    let (lives, mut child) = of(std::process::id() + 1);
    assert!(!lives);
    assert_eq!(Ended::from(child.wait().expect("it ends by itself")), Ended::Exited(1));
    let (lives, _child) = of(std::process::id());
    assert!(lives, "and with its parent there, it waits");
}

#[test]
fn the_signal_of_the_parents_death_comes_when_the_thread_that_started_the_child_ends() {
    assert_eq!(thread_ended(program()).expect("they end"), KILLED);
}

#[test]
fn a_parent_that_waits_ends_after_its_child() {
    assert_eq!(waited_for(program()).expect("they end"), WELL);
}

#[test]
fn a_child_that_has_ended_and_is_not_waited_for_is_a_zombie_without_memory() {
    let left = dropped(program()).expect("they can be looked at");
    assert_eq!(left.shown.len(), CHILDREN);
    for child in left.shown {
        let child = child.expect("it is still there");
        assert_eq!((child.state, child.memory, child.parent), ('Z', None, std::process::id()));
    }
    assert_eq!(left.take_a_signal, CHILDREN, "SIGKILL is taken, and changes nothing");
}

#[test]
fn of_a_child_that_was_waited_for_nothing_is_left() {
    assert_eq!(waited(program()).expect("they can be looked for"), vec![None; CHILDREN]);
}

#[test]
fn children_whose_end_is_ignored_leave_neither_a_zombie_nor_an_exit_code() {
    assert_eq!(ignored(program()).expect("it says so"), (0, 0));
}

#[test]
fn an_orphan_is_given_to_who_asked_for_orphans_and_is_reaped_by_it() {
    let orphan = adopted(program()).expect("it ends");
    assert_eq!(orphan, Orphan { had_its_parent: true, adopted: true, left: None, ended: WELL });
}

#[test]
fn an_orphan_whose_new_parent_does_not_wait_stays_a_zombie() {
    let orphan = not_reaped(program()).expect("it ends");
    let left = Some(('Z', true));
    assert_eq!(orphan, Orphan { had_its_parent: true, adopted: true, left, ended: WELL });
}

#[test]
fn a_house_tells_of_each_end_that_it_was_asked_for_and_reaps_all() {
    let mut house = House::start(program(), "parent:nothing").expect("the binary was built");
    let [parent] = house.hear_numbers("parent").expect("it says so");
    let [child, _] = house.hear_numbers("child").expect("it says so");
    kill(child).expect("it lives");
    // The parent was waiting for it, and ends well; the house hears of the parent only.
    assert_eq!(house.reaped(parent).expect("it ends"), WELL);
    let empty = house.hear("anything").expect_err("nobody is left");
    assert!(empty.to_string().contains("empty"), "{empty}");
}
