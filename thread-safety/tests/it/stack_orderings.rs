//! The tagged stack's own file, compiled against Loom: as it is, and with each ordering that it
//! needs weakened.

use loom::sync::atomic::fence;
use thread_safety::executions;
use thread_safety::real::aba::{NODES, NONE, Node, Stack};

loomed!(as_it_is: Acquire, Release, fence; "../../src/aba/tagged.rs" as tagged);
loomed!(relaxed_push: Acquire, Relaxed, fence; "../../src/aba/tagged.rs" as tagged);
loomed!(relaxed_pop: Relaxed, Release, fence; "../../src/aba/tagged.rs" as tagged);

/// Puts A on B while another thread takes one node off, and then takes what is left; counts the
/// executions in which a node is lost or doubled, and all.
fn broken<S: Stack>() -> (usize, usize) {
    let outcomes = executions(|| {
        let stack = loom::sync::Arc::new(S::default());
        stack.push(2);
        let stack2 = loom::sync::Arc::clone(&stack);
        let other = loom::thread::spawn(move || stack2.pop(|_, _| ()));
        stack.push(1);
        let taken = other.join().expect("it does not panic");
        let mut nodes = Vec::from_iter(taken);
        nodes.extend((0..3).map_while(|_| stack.pop(|_, _| ())));
        nodes.sort_unstable();
        (taken, nodes)
    });
    // Both nodes are there to be taken.
    for node in [1, 2] {
        assert!(outcomes.with(|(taken, _)| *taken == Some(node)) > 0, "{outcomes:?}");
    }
    (outcomes.with(|(_, nodes)| *nodes != [1, 2]), outcomes.all())
}

#[test]
fn loom_finds_no_execution_in_which_the_tagged_stack_loses_a_node() {
    assert_eq!(broken::<as_it_is::tagged::Tagged>().0, 0);
}

#[test]
fn put_on_with_relaxed_a_node_may_be_seen_without_what_is_below_it() {
    assert!(broken::<relaxed_push::tagged::Tagged>().0 > 0);
}

#[test]
fn taken_off_with_relaxed_a_node_may_be_seen_without_what_is_below_it() {
    assert!(broken::<relaxed_pop::tagged::Tagged>().0 > 0);
}
