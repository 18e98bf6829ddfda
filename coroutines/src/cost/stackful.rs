//! A coroutine with a stack of its own. To switch is to save a few registers, and to go on with
//! another stack pointer: no queue, no system call.

use std::io;

use corosensei::Coroutine;
use corosensei::stack::DefaultStack;

use super::{Cost, TURNS, Whose, resident, turn};

/// What is set aside for each stack. The guard page below it comes on top.
const STACK: usize = 64 * 1024;

type Waits = Coroutine<(), (), ()>;

/// Makes one that gives way so many times.
fn gives_way(times: u32) -> io::Result<Waits> {
    Ok(Coroutine::with_stack(DefaultStack::new(STACK)?, move |yielder, ()| {
        (0..times).for_each(|_| yielder.suspend(()));
    }))
}

/// Lets so many coroutines wait, and two take turns.
///
/// # Errors
/// The system has no room for their stacks.
pub fn cost(waiting: u32) -> io::Result<Cost> {
    let (made, memory) = resident(waiting, Whose::ThisThreads, || {
        let begin = |mut coroutine: Waits| {
            coroutine.resume(());
            coroutine
        };
        (0..waiting).map(|_| gives_way(1).map(begin)).collect::<io::Result<Vec<_>>>()
    });
    // To their ends: what is left on a stack would have to be unwound.
    for mut coroutine in made? {
        coroutine.resume(());
    }
    let mut pairs = (0..5)
        .map(|_| Ok([gives_way(TURNS)?, gives_way(TURNS)?]))
        .collect::<io::Result<Vec<_>>>()?;
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
