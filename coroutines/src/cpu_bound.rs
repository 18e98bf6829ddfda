//! A task that computes and never awaits gives way to nobody: there is no clock that takes the
//! thread away from it.
//!
//! It counts primes here, and another task counts its turns meanwhile. To give way now and then
//! mends it ([`gives_way`]), so does a thread of its own ([`on_a_thread`]). An `await` alone does
//! not: one on what is ready goes on at once. Tokio's channels give way on their own after so many
//! messages, its "budget" ([`ready_channel`]), if tokio runs the task, and was not told to leave it
//! be ([`unconstrained`]).

use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc as threads;
use std::thread;

use tokio::sync::{mpsc, oneshot};

use super::runtime::{spawn, yield_now};
use crate::lane;

/// Says what came out, and how fair that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fairness {
    /// What was counted.
    pub counted: u32,
    /// How many turns another task had meanwhile, which asked for one all the time.
    pub turns: u32,
}

/// Looks for a divisor, as slowly as it can be done.
fn is_prime(number: u32) -> bool {
    number > 1 && (2..number).all(|divisor| !number.is_multiple_of(divisor))
}

/// Runs `work` as a task, beside one that counts its turns until `work` is done.
async fn beside<F: Future<Output = u32> + 'static>(
    make: impl FnOnce(Rc<Cell<u32>>) -> F,
) -> Fairness {
    let (turns, over) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
    let (mine, ended) = (Rc::clone(&turns), Rc::clone(&over));
    let other = spawn(lane::task("other", async move {
        while !ended.get() {
            mine.set(mine.get() + 1);
            yield_now().await;
        }
    }));
    // It has had its first turn, and asked for the next one.
    yield_now().await;
    turns.set(0);
    let work = make(Rc::clone(&turns));
    let during = Rc::clone(&turns);
    let computing = spawn(lane::task("computing", async move {
        let counted = work.await;
        over.set(true);
        Fairness { counted, turns: during.get() }
    }));
    let fairness = computing.await.expect("it does not panic");
    other.await.expect("it does not panic");
    fairness
}

/// Counts the primes below `end` in one go.
pub async fn never_gives_way(end: u32) -> Fairness {
    // A turn that comes before the work's first one does not count.
    beside(|turns| async move {
        turns.set(0);
        (0..end).filter(|&number| is_prime(number)).count() as u32
    })
    .await
}

/// Counts the primes below `end`, and gives way after each `every` numbers.
pub async fn gives_way(end: u32, every: u32) -> Fairness {
    beside(move |turns| async move {
        turns.set(0);
        let mut counted = 0;
        for number in 0..end {
            counted += u32::from(is_prime(number));
            if (number + 1) % every == 0 {
                yield_now().await;
            }
        }
        counted
    })
    .await
}

/// Counts the primes below `end` on a thread, which is told of a turn of the other task before it
/// ends.
pub async fn on_a_thread(end: u32) -> Fairness {
    beside(move |turns| async move {
        turns.set(0);
        let (said, heard) = threads::channel();
        let (answer, answered) = oneshot::channel();
        thread::Builder::new()
            .name("thread".to_owned())
            .spawn(move || {
                let counted = (0..end).filter(|&number| is_prime(number)).count() as u32;
                // Nothing is left to luck: without a turn of the task that says so, there would be
                // no answer.
                let _ = heard.recv();
                let _ = answer.send(counted);
            })
            .expect("the system has room for another thread");
        while turns.get() == 0 {
            yield_now().await;
        }
        // Its thread is still there: who else should have received it?
        let _ = said.send(());
        answered.await.expect("the thread answers")
    })
    .await
}

/// Receives so many messages, all of which are there already.
async fn receive_all(turns: Rc<Cell<u32>>, messages: u32) -> u32 {
    turns.set(0);
    let (sender, mut receiver) = mpsc::unbounded_channel();
    for number in 0..messages {
        let _ = sender.send(number);
    }
    drop(sender);
    let mut counted = 0;
    while receiver.recv().await.is_some() {
        counted += 1;
    }
    counted
}

/// Awaits messages that are there: each await goes on at once, but for tokio's budget.
pub async fn ready_channel(messages: u32) -> Fairness {
    beside(move |turns| receive_all(turns, messages)).await
}

/// Does the same outside of the budget.
pub async fn unconstrained(messages: u32) -> Fairness {
    beside(move |turns| tokio::task::unconstrained(receive_all(turns, messages))).await
}
