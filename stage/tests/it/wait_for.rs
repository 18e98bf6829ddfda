//! A knot is found where there is one, and nowhere else.

use stage::WaitCycle;
use stage::record::{State::*, What};

use super::{opened, run, waits_for};

#[test]
fn a_circle_of_locks_is_followed_from_lane_to_lane() {
    let knot = WaitCycle::find(&run(&[
        (0, "t1", opened(1, Holds, "A")),
        (0, "t2", opened(2, Holds, "B")),
        (1, "t1", opened(3, Waits, "B")),
        (1, "t2", opened(4, Waits, "A")),
    ]));
    assert_eq!(knot.expect("both wait").to_string(), "t1 → B → t2 → A → t1");
}

#[test]
fn while_one_lane_has_something_to_do_there_is_no_knot() {
    let happened = run(&[(0, "t1", opened(1, Holds, "A")), (0, "t2", opened(2, Waits, "A"))]);
    assert_eq!(WaitCycle::find(&happened), None);
}

#[test]
fn a_wait_that_is_over_counts_no_more() {
    let happened = run(&[(0, "t1", opened(1, Waits, "A")), (1, "t1", What::Closed { id: 1 })]);
    assert_eq!(WaitCycle::find(&happened), None);
}

#[test]
fn a_lane_may_wait_for_itself() {
    let knot =
        WaitCycle::find(&run(&[(0, "t", opened(1, Holds, "A")), (1, "t", opened(2, Waits, "A"))]));
    assert_eq!(knot.expect("it waits").to_string(), "t → A → t");
}

#[test]
fn who_has_to_act_may_be_said_by_the_wait() {
    let knot = WaitCycle::find(&run(&[
        (0, "t1", waits_for(1, "word", "t2")),
        (0, "t2", waits_for(2, "word", "t1")),
    ]));
    assert_eq!(knot.expect("both wait").to_string(), "t1 → word → t2 → word → t1");
}

#[test]
fn what_another_lane_has_to_give_is_not_held_by_it() {
    let knot = WaitCycle::find(&run(&[
        (0, "t1", opened(1, Holds, "A")),
        (0, "p", waits_for(2, "A", "t1")),
        (0, "t1", waits_for(3, "an empty place", "p")),
        (0, "t2", waits_for(4, "the end of t1", "t1")),
    ]));
    let told: Vec<_> = knot.expect("all wait").waits.iter().map(ToString::to_string).collect();
    let wanted =
        ["waits for A, held by t1", "waits for an empty place from p", "waits for the end of t1"];
    assert_eq!(told, wanted);
}

#[test]
fn a_knot_without_a_circle_says_what_each_waits_for() {
    let knot = WaitCycle::find(&run(&[
        (0, "w1", opened(1, Waits, "x")),
        (0, "w2", opened(2, Waits, "y")),
    ]));
    let knot = knot.expect("both wait");
    assert_eq!(knot.cycle, None);
    assert_eq!(knot.to_string(), "w1 → x · w2 → y: nobody can move");
}

#[test]
fn a_lane_that_waits_on_a_circle_without_being_in_it_does_not_hide_it() {
    let knot = WaitCycle::find(&run(&[
        (0, "t1", opened(1, Waits, "A")),
        (0, "t2", opened(2, Holds, "A")),
        (1, "t2", waits_for(3, "word", "t3")),
        (1, "t3", waits_for(4, "word", "t2")),
    ]));
    assert_eq!(knot.expect("all wait").to_string(), "t2 → word → t3 → word → t2");
}
