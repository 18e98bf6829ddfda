//! A node that comes back breaks the plain stack, on every run; not the tagged one, and not the one
//! with epochs.

use stage::{Bound, Explored, explore};
use thread_safety::real::aba::epoch::Epoch;
use thread_safety::real::aba::reused::Reused;
use thread_safety::real::aba::tagged::Tagged;
use thread_safety::real::aba::{NONE, Seen, Stack, hammer, play};
use thread_safety::{Window, model};

const A: u32 = 1;
const B: u32 = 2;
const C: u32 = 3;

/// Takes from one stack after the other on one thread, and puts back.
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
fn nodes_are_lost_and_doubled_where_the_lists_say_so() {
    let seen = Seen { taken: [vec![A], vec![B]], left: vec![B] };
    assert_eq!((seen.lost(), seen.doubled(), seen.whole()), (vec![C], vec![B], false));
    assert!(Seen { taken: [vec![C], vec![A]], left: vec![B] }.whole());
}

checks::within_a_minute! {
    #[test]
    fn a_node_that_comes_back_loses_c_and_doubles_b() {
        for _ in 0..5 {
            let seen = play::<Reused>(&Window::until_the_other_is_done());
            assert_eq!(seen, Seen { taken: [vec![A], vec![B]], left: vec![B] });
        }
    }

    #[test]
    fn a_count_or_an_epoch_sees_that_the_node_has_been_away() {
        let right = Seen { taken: [vec![A], vec![B]], left: vec![C] };
        assert_eq!(play::<Tagged>(&Window::until_the_other_is_done()), right);
        assert_eq!(play::<Epoch>(&Window::until_the_other_is_done()), right);
    }

    #[test]
    fn hammering_breaks_the_plain_stack_on_every_run() {
        for _ in 0..3 {
            let (seen, rounds) = hammer::<Reused>(100_000, 8);
            assert!(!seen.whole(), "{rounds} rounds");
        }
    }

    #[test]
    fn hammering_breaks_neither_mend() {
        assert_eq!(hammer::<Tagged>(100_000, 2).1, 2);
        assert!(hammer::<Tagged>(100_000, 2).0.whole());
        assert!(hammer::<Epoch>(100_000, 2).0.whole());
    }
}

fn explored<S: model::aba::Stack>() -> Explored {
    let bound = Bound { schedules: 1_000, ..Bound::default() };
    explore(
        &bound,
        &stage::model(|| assert!(model::aba::play::<S>(&Window::told()).whole(), "broken")),
    )
}

#[test]
fn of_the_259_schedules_with_two_interruptions_at_most_five_break_the_plain_stack() {
    let (few, _) = explored::<model::aba::reused::Reused>()
        .beyond
        .expect("there are more schedules than that");
    assert!(few.all);
    assert_eq!((few.panicked, few.run), (5, 259));
}

#[test]
fn none_of_them_breaks_the_tagged_one_nor_does_one_drawn_at_random() {
    let found = explored::<model::aba::tagged::Tagged>();
    let (few, _) = found.beyond.expect("there are more schedules than that");
    assert!(few.all && !found.failed(), "{:?}", found.shortest);
    assert_eq!(few.run, 259);
}
