//! The stacks as stacks, and in how many schedules a node that comes back breaks the plain one.

use stage::{Bound, Count, explore};
use thread_safety::model::aba as model;
use thread_safety::model::lane::SyncPoint;
use thread_safety::real::aba::{Epoch, NONE, Nodes, Reused, Stack, Tagged};

const A: u32 = 1;
const B: u32 = 2;
const C: u32 = 3;

fn is_a_stack<S: Stack>() {
    let stack = S::default();
    assert_eq!(stack.pop(|_, _| ()), None);
    for node in [C, B, A] {
        stack.push(node);
    }
    let mut seen = Vec::new();
    assert_eq!(stack.pop(|top, below| seen.push((top, below))), Some(A));
    assert_eq!(stack.pop(|top, below| seen.push((top, below))), Some(B));
    stack.push(A);
    assert_eq!(stack.pop(|top, below| seen.push((top, below))), Some(A));
    assert_eq!(stack.pop(|top, below| seen.push((top, below))), Some(C));
    assert_eq!(seen, [(A, B), (B, C), (A, C), (C, NONE)]);
    assert_eq!(stack.pop(|_, _| ()), None);
}

#[test]
fn on_one_thread_all_of_them_are_stacks() {
    is_a_stack::<Reused>();
    is_a_stack::<Tagged>();
    is_a_stack::<Epoch>();
}

#[test]
fn nodes_are_lost_and_doubled_where_the_lists_show_it() {
    let seen = Nodes { popped: [vec![A], vec![B]], left: vec![B] };
    assert_eq!((seen.lost(), seen.doubled(), seen.whole()), (vec![C], vec![B], false));
    assert!(Nodes { popped: [vec![C], vec![A]], left: vec![B] }.whole());
}

/// Returns the schedules that differ, and those with two preemptions at most.
fn counts<S: model::Stack>() -> (Count, Count) {
    let whole = || assert!(model::interrupted::<S>(&SyncPoint::stepped()).whole(), "broken");
    let bound = Bound { schedules: 300, random: 0, ..Bound::default() };
    let found = explore(&bound, &stage::model(whole));
    let (few, _) = found.beyond.expect("there are more schedules than that");
    assert!(found.differ.whole() && few.all);
    (found.differ, few)
}

#[test]
fn of_68_schedules_that_differ_2_break_the_plain_stack_and_none_the_tagged_one() {
    let (differ, few) = counts::<model::Reused>();
    assert_eq!((differ.panicked, differ.run - differ.given_up), (2, 68));
    assert_eq!((few.panicked, few.run), (5, 259), "with two preemptions at most");
    let (differ, few) = counts::<model::Tagged>();
    assert_eq!((differ.failed(), differ.run - differ.given_up), (0, 68));
    assert_eq!((few.failed(), few.run), (0, 259));
}
