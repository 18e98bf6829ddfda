//! A coroutine with a stack of its own. A switch saves a few registers and changes the stack
//! pointer: no queue, no system call.

use std::io;

use corosensei::Coroutine;
use corosensei::stack::DefaultStack;

use super::{Cost, TURNS, resident, turn};

/// The size of each stack. The guard page below it comes on top.
const STACK: usize = 64 * 1024;

type Waits = Coroutine<(), (), ()>;

/// Returns a coroutine that yields `times` times.
fn yields(times: u32) -> io::Result<Waits> {
    Ok(Coroutine::with_stack(DefaultStack::new(STACK)?, move |yielder, ()| {
        (0..times).for_each(|_| yielder.suspend(()));
    }))
}

/// Lets `waiting` coroutines wait, and two take turns.
///
/// # Errors
/// The system has no room for their stacks.
pub fn cost(waiting: u32) -> io::Result<Cost> {
    let (made, memory) = resident(waiting, "thread-self", || {
        let begin = |mut coroutine: Waits| {
            coroutine.resume(());
            coroutine
        };
        (0..waiting).map(|_| yields(1).map(begin)).collect::<io::Result<Vec<_>>>()
    });
    // To their ends: otherwise their stacks would have to be unwound.
    for mut coroutine in made? {
        coroutine.resume(());
    }
    let pair = |_| Ok([yields(TURNS)?, yields(TURNS)?]);
    let mut pairs = (0..5).map(pair).collect::<io::Result<Vec<_>>>()?;
    let switch = turn(2 * TURNS, || {
        let mut pair = pairs.pop().expect("there is one for each round");
        while !pair[0].done() {
            for coroutine in &mut pair {
                coroutine.resume(());
            }
        }
    });
    Ok(Cost { waiting, memory, reserved: STACK as u64, switch })
}
