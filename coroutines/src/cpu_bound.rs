//! A task that computes and never awaits does not yield, and no clock preempts it.
//!
//! It counts primes here, and another task counts its turns meanwhile. A yield now and then fixes
//! it ([`yields`]), so does a thread of its own ([`on_a_thread`]). An `await` alone does not: one
//! on what is ready goes on at once. Tokio's channels yield by themselves after a number of
//! messages, the task's budget ([`ready_channel`]), if tokio runs the task, and the task has not
//! switched that off ([`unconstrained`]).

use std::cell::Cell;
use std::rc::Rc;
use std::thread;

use tokio::sync::{mpsc, oneshot};

use super::runtime::{spawn, yield_now};
use crate::lane;

/// The result of the work, and the turns of another task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fairness {
    /// The number of primes, or of messages.
    pub counted: u32,
    /// The number of turns that another task had meanwhile, which asked for one all the time.
    pub turns: u32,
}

/// Looks for a divisor, as slowly as it can be done.
fn is_prime(number: u32) -> bool {
    number > 1 && (2..number).all(|divisor| !number.is_multiple_of(divisor))
}

fn primes(end: u32) -> u32 {
    (0..end).filter(|&number| is_prime(number)).count() as u32
}

/// Runs `work` as a task, beside one that counts its turns until `work` is done.
async fn beside<F: Future<Output = u32> + 'static>(
    work: impl FnOnce(Rc<Cell<u32>>) -> F,
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
    let (work, during) = (work(Rc::clone(&turns)), turns);
    let computing = spawn(lane::task("computing", async move {
        // Turns before its own first one do not count.
        during.set(0);
        let counted = work.await;
        over.set(true);
        Fairness { counted, turns: during.get() }
    }));
    let fairness = computing.await.expect("it does not panic");
    other.await.expect("it does not panic");
    fairness
}

/// Counts the primes below `end` in one go.
pub async fn never_yields(end: u32) -> Fairness {
    beside(|_| async move { primes(end) }).await
}

/// Counts the primes below `end`, and yields after each `every` numbers.
pub async fn yields(end: u32, every: u32) -> Fairness {
    beside(move |_| async move {
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

/// Counts the primes below `end` on a thread, which ends after the other task has had a turn.
pub async fn on_a_thread(end: u32) -> Fairness {
    beside(move |turns| async move {
        let (had_a_turn, has_had_a_turn) = std::sync::mpsc::channel();
        let (answer, answered) = oneshot::channel();
        let thread = thread::Builder::new().name("thread".to_owned()).spawn(move || {
            let counted = primes(end);
            // Nothing is left to luck: without a turn of the other task, there is no answer.
            let _ = has_had_a_turn.recv();
            let _ = answer.send(counted);
        });
        thread.expect("the system has room for another thread");
        while turns.get() == 0 {
            yield_now().await;
        }
        let _ = had_a_turn.send(());
        answered.await.expect("the thread answers")
    })
    .await
}

/// Receives `messages` messages, all of which are there already.
async fn receive_all(messages: u32) -> u32 {
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
    beside(move |_| receive_all(messages)).await
}

/// Does the same outside of the budget.
pub async fn unconstrained(messages: u32) -> Fairness {
    beside(move |_| tokio::task::unconstrained(receive_all(messages))).await
}
