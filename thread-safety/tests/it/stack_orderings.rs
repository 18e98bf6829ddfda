//! The tagged stack's own file, compiled against Loom: as it is, and with each ordering that it
//! needs weakened.

use loom::sync::atomic::fence;
use thread_safety::executions;
use thread_safety::real::aba::{NODES, NONE, Node, Stack};

loomed!(as_it_is: Acquire, Release, fence; "../../src/aba/stacks.rs" as stacks);
loomed!(relaxed_push: Acquire, Relaxed, fence; "../../src/aba/stacks.rs" as stacks);
loomed!(relaxed_pop: Relaxed, Release, fence; "../../src/aba/stacks.rs" as stacks);

/// Pushes A on B while another thread pops one node, and then pops what is left; returns the number
/// of executions in which a node is lost or doubled.
fn broken<S: Stack>() -> usize {
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
    outcomes.with(|(_, nodes)| *nodes != [1, 2])
}

#[test]
fn the_tagged_stack_loses_no_node_in_any_execution_and_does_with_either_ordering_relaxed() {
    assert_eq!(broken::<as_it_is::stacks::Tagged>(), 0);
    // A node may be seen without what is below it.
    assert!(broken::<relaxed_push::stacks::Tagged>() > 0);
    assert!(broken::<relaxed_pop::stacks::Tagged>() > 0);
}
