//! A task: one piece of the heap, with its future in it. To switch is to return from one `poll` and
//! call the next.

use std::future::pending;

use super::runtime::{block_on, spawn, yield_now};
use crate::cost::{Cost, TURNS, counted, turn};
use crate::executor;

/// How much the future of a task that waits takes.
pub fn future() -> usize {
    size_of_val(&waits())
}

/// Waits with something in its hand.
async fn waits() {
    let held = [0_u8; 32];
    pending::<()>().await;
    std::hint::black_box(&held);
}

/// Lets so many tasks wait, and two take turns.
pub fn cost(waiting: u32) -> Cost {
    let memory = block_on(async {
        // Counted is all that they asked for, the runtime's queue for them included.
        let ((), memory) = counted(|| (0..waiting).for_each(|_| drop(spawn(waits()))));
        // Each is polled once, and waits.
        yield_now().await;
        memory
    });
    let turns = || async {
        for _ in 0..TURNS {
            // Ours on either: it wakes its own task and no more, where tokio's lets sockets and
            // timers go first.
            executor::yield_now().await;
        }
    };
    let switch = turn(2 * TURNS, || {
        block_on(async {
            for task in [spawn(turns()), spawn(turns())] {
                task.await.expect("it does not panic");
            }
        });
    });
    Cost { waiting, memory: memory.map(|bytes| bytes / u64::from(waiting)), reserved: 0, switch }
}
