#!/usr/bin/env bash
# crossbeam-deque 0.8.8: a worker with a stack (`new_lifo`) that steals a batch works it off in the order of a queue, if the victim's is one; and a worker with
# a queue works off the batch of a stack newest first.
# Guess: the flavour of a deque is the order in which its owner pops, whatever is in it; what was pushed on it first comes last from a stack.
# Why: a batch is laid in the thief's deque so that it comes out as its victim would have popped it. So the order of tasks depends on who stole them from
#   whom; a pool of workers with stacks serves its injector, a queue, in the order of arrival, thirty-two tasks at the most at a time.
# Source: documentation of `Stealer::steal_batch` and `Injector::steal_batch` (of order they say nothing); crossbeam-deque's deque.rs.
. "$(dirname "$0")/run.bash"
rust 'crossbeam-deque = "=0.8.8"' <<'RUST'
use crossbeam_deque::{Injector, Steal, Worker};

fn popped(thief: &Worker<u32>, stolen: Steal<()>) -> Vec<u32> {
    assert!(stolen.is_success());
    std::iter::from_fn(|| thief.pop()).collect()
}

fn filled(worker: Worker<u32>) -> Worker<u32> {
    (1..=8).for_each(|task| worker.push(task));
    worker
}

fn main() {
    for (name, thief) in [("stack", Worker::new_lifo as fn() -> Worker<u32>), ("queue", Worker::new_fifo)] {
        println!("a {name} that was filled by its owner pops {:?}", std::iter::from_fn({ let own = filled(thief()); move || own.pop() }).collect::<Vec<_>>());
        for (other, victim) in [("stack", Worker::new_lifo as fn() -> Worker<u32>), ("queue", Worker::new_fifo)] {
            let (thief, victim) = (thief(), filled(victim()));
            println!("  what it stole from a {other}: {:?}", popped(&thief, victim.stealer().steal_batch(&thief)));
        }
        let (thief, injector) = (thief(), Injector::new());
        (1..=8).for_each(|task| injector.push(task));
        println!("  what it stole from an injector: {:?}", popped(&thief, injector.steal_batch(&thief)));
    }
}
RUST
holds <<'END'
a stack that was filled by its owner pops [8, 7, 6, 5, 4, 3, 2, 1]
  what it stole from a stack: [4, 3, 2, 1]
  what it stole from a queue: [1, 2, 3, 4]
  what it stole from an injector: [1, 2, 3, 4]
a queue that was filled by its owner pops [1, 2, 3, 4, 5, 6, 7, 8]
  what it stole from a stack: [4, 3, 2, 1]
  what it stole from a queue: [1, 2, 3, 4]
  what it stole from an injector: [1, 2, 3, 4]
END
