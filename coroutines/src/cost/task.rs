//! A task: one allocation, with its future in it. A switch returns from one `poll` and calls the
//! next.

use std::future::pending;

use super::runtime::{block_on, spawn, yield_now};
use crate::cost::{Cost, TURNS, counted, turn};
use crate::executor;

/// Returns the size of the future of a task that waits.
pub fn future() -> usize {
    size_of_val(&waits())
}

/// Waits with an array of its own.
async fn waits() {
    let held = [0_u8; 32];
    pending::<()>().await;
    std::hint::black_box(&held);
}

/// Lets `waiting` tasks wait, and two take turns.
pub fn cost(waiting: u32) -> Cost {
    let memory = block_on(async {
        // All that they ask for is counted, the runtime's queue included.
        let ((), memory) = counted(|| (0..waiting).for_each(|_| drop(spawn(waits()))));
        // Each is polled once, and waits.
        yield_now().await;
        memory
    });
    let turns = || async {
        for _ in 0..TURNS {
            // Ours on either: it wakes its own task and no more, where tokio's lets its reactor and
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
