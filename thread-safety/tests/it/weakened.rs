//! The files of the sequence lock and the tagged stack, compiled against Loom: once as they are,
//! and once more for each ordering that they need, with a weaker one, or no fence, in its place.
//! x86 cannot show the difference.

use loom::hint;
use loom::sync::atomic::{Ordering, fence};
use thread_safety::executions;
use thread_safety::real::aba::{NODES, NONE, Node, Stack};

/// Compiles a file of the library in a module, under orderings that go by the names given, and with
/// this fence. What else the file takes from its crate has to be where this is used.
macro_rules! loomed {
    ($module:ident: $acquire:ident, $release:ident, $fence:ident; $file:literal as $name:ident) => {
        #[path = ""]
        #[allow(unused_imports, reason = "no file takes all of it")]
        mod $module {
            use super::*;
            mod sync {
                pub(super) mod atomic {
                    pub(in super::super) use super::super::super::$fence as fence;
                    pub(in super::super) use loom::sync::atomic::{AtomicU32, AtomicU64};
                    #[allow(non_snake_case, reason = "it stands for the enum")]
                    pub(in super::super) mod Ordering {
                        pub(in super::super::super) use loom::sync::atomic::Ordering::{
                            Relaxed, $acquire as Acquire, $release as Release,
                        };
                    }
                }
            }
            #[path = $file]
            #[allow(dead_code, unreachable_pub, reason = "the tests use a part of it")]
            pub(super) mod $name;
        }
    };
}

loomed!(as_it_is: Acquire, Release, fence; "../../src/seq_lock.rs" as seq_lock);
loomed!(no_fence_of_the_writer: Acquire, Release, no_release; "../../src/seq_lock.rs" as seq_lock);
loomed!(no_fence_of_the_reader: Acquire, Release, no_acquire; "../../src/seq_lock.rs" as seq_lock);
loomed!(relaxed_first_load: Relaxed, Release, acquire_if_relaxed; "../../src/seq_lock.rs" as seq_lock);
loomed!(relaxed_last_store: Acquire, Relaxed, release_if_relaxed; "../../src/seq_lock.rs" as seq_lock);

fn no_release(asked: Ordering) {
    if asked != Ordering::Release {
        fence(asked);
    }
}

fn no_acquire(asked: Ordering) {
    if asked != Ordering::Acquire {
        fence(asked);
    }
}

/// Where Acquire stands for Relaxed, the fence is to stay what it was.
fn acquire_if_relaxed(asked: Ordering) {
    fence(if asked == Ordering::Relaxed { Ordering::Acquire } else { asked });
}

/// The same for Release.
fn release_if_relaxed(asked: Ordering) {
    fence(if asked == Ordering::Relaxed { Ordering::Release } else { asked });
}

/// Writes a pair once while it is read once; counts the executions that read a torn pair, and all.
macro_rules! torn {
    ($module:ident) => {{
        let outcomes = executions(|| {
            let pair = loom::sync::Arc::new($module::seq_lock::SeqLock::new([0, 0]));
            let pair2 = loom::sync::Arc::clone(&pair);
            let reader = loom::thread::spawn(move || pair2.try_read());
            let mut writing = pair.write();
            writing.set(0, 1);
            writing.set(1, 1);
            drop(writing);
            reader.join().expect("it does not panic")
        });
        // A reader that is always refused shows nothing. And Loom 0.7 leaves executions out if the
        // writer is the thread that is spawned: there, no read sees what was written last.
        for wanted in [None, Some([0, 0]), Some([1, 1])] {
            assert!(outcomes.with(|read| *read == wanted) > 0, "{wanted:?} is not among {outcomes:?}");
        }
        (outcomes.with(|read| matches!(read, Some([left, right]) if left != right)), outcomes.all())
    }};
}

#[test]
fn loom_finds_no_torn_pair_and_one_with_any_of_the_four_orderings_weakened() {
    let (torn, all) = torn!(as_it_is);
    assert_eq!(torn, 0);
    assert!(all > 50, "{all}");
    assert!(torn!(no_fence_of_the_writer).0 > 0, "its words are seen before its odd number");
    assert!(torn!(no_fence_of_the_reader).0 > 0, "its second look comes before its words");
    assert!(torn!(relaxed_first_load).0 > 0, "the words are older than the number");
    assert!(torn!(relaxed_last_store).0 > 0, "the words are older than the number");
}

#[test]
fn two_writers_one_after_the_other_leave_a_whole_pair() {
    let outcomes = executions(|| {
        let pair = loom::sync::Arc::new(as_it_is::seq_lock::SeqLock::new([0, 0]));
        let write = |pair: &as_it_is::seq_lock::SeqLock<2>, word| {
            let mut writing = pair.write();
            writing.set(0, word);
            writing.set(1, word);
        };
        let pair2 = loom::sync::Arc::clone(&pair);
        let other = loom::thread::spawn(move || write(&pair2, 1));
        write(&pair, 2);
        other.join().expect("it does not panic");
        pair.try_read()
    });
    assert_eq!(outcomes.with(|read| matches!(read, Some([1, 1] | [2, 2]))), outcomes.all());
}

loomed!(tagged: Acquire, Release, fence; "../../src/aba/stacks.rs" as stacks);
loomed!(tagged_relaxed_push: Acquire, Relaxed, fence; "../../src/aba/stacks.rs" as stacks);
loomed!(tagged_relaxed_pop: Relaxed, Release, fence; "../../src/aba/stacks.rs" as stacks);

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
    assert_eq!(broken::<tagged::stacks::Tagged>(), 0);
    // A node may be seen without what is below it.
    assert!(broken::<tagged_relaxed_push::stacks::Tagged>() > 0);
    assert!(broken::<tagged_relaxed_pop::stacks::Tagged>() > 0);
}
