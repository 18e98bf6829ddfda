//! What is lost when a task is aborted at an await: here, at each of its awaits in turn; in the
//! model checker, at one that the schedule chooses.
//!
//! A future can be dropped wherever it waits: by `select!`, by a timeout, by an abort. What it
//! holds is gone then, and what it has done stays done. So code is cancellation safe if at each
//! await nothing is half done: not yet begun, kept outside of the future, or undone by a destructor.

use std::cell::Cell;
use std::mem::take;
use std::rc::Rc;

use tokio::sync::{mpsc, oneshot};
use tracing::info;

use super::runtime::{block_on, spawn, yield_now};
use crate::cancel_safety::Cancelled;
use crate::lane::{self, at};

/// Sends a message to where there is no room, or first reserves room for it; aborts that, at its
/// first turn's await, while room is made.
pub fn sent(reserves: bool, turn: usize) -> Cancelled {
    block_on(async {
        let (sender, mut receiver) = mpsc::channel(1);
        let _ = sender.try_send("first");
        let kept = Rc::new(Cell::new(Some("second")));
        let message = Rc::clone(&kept);
        let task = spawn(lane::task("sender", async move {
            if reserves {
                let permit = at(sender.reserve()).await.ok();
                permit.zip(message.take()).into_iter().for_each(|(permit, text)| permit.send(text));
            } else if let Some(text) = message.take() {
                info!("sends the message");
                let _ = at(sender.send(text)).await;
            }
        }));
        yield_now().await;
        info!("makes room");
        let first = at(receiver.recv()).await;
        task.abort();
        info!("aborts the send");
        let _ = at(task).await;
        let second = at(receiver.recv()).await.or(kept.take());
        let there: Vec<_> = first.into_iter().chain(second).collect();
        Cancelled { ended: turn > 1, lost: 2 - there.len() as u32, after: there.join(" ") }
    })
}

/// Two accounts, for the tasks of one thread.
pub struct Accounts {
    coins: Rc<[Cell<u32>; 2]>,
    /// Dropped with the transfer, at whatever end.
    _over: oneshot::Sender<()>,
}

/// Aborts a task that makes a transfer, at the await that ends this turn of its own.
pub fn cut<F: Future<Output = ()> + 'static>(
    turn: usize,
    transfer: impl FnOnce(Accounts) -> F,
) -> Cancelled {
    block_on(async {
        let (coins, (_over, over)) = (Rc::new([100, 0].map(Cell::new)), oneshot::channel());
        let accounts = Accounts { coins: Rc::clone(&coins), _over };
        let task = spawn(lane::task("transfer", transfer(accounts)));
        for _ in 0..turn {
            yield_now().await;
        }
        task.abort();
        info!("aborts it");
        let ended = at(task).await.is_ok();
        // Until a transfer that runs on has ended, too.
        let _ = at(over).await;
        let [one, other] = [coins[0].get(), coins[1].get()];
        Cancelled { ended, lost: 100 - one - other, after: format!("{one} + {other}") }
    })
}

/// Withdraws 10 from one account, awaits, deposits 10 in the other, awaits. Aborted at its first
/// await, it is half done.
pub async fn half_done(accounts: Accounts) {
    info!("withdraws 10");
    accounts.coins[0].update(|coins| coins - 10);
    yield_now().await;
    info!("deposits 10");
    accounts.coins[1].update(|coins| coins + 10);
    yield_now().await;
}

/// Awaits a transfer that is a task of its own: that runs on, detached.
pub async fn spawned(accounts: Accounts) {
    let _ = at(spawn(lane::task("detached", half_done(accounts)))).await;
}

/// Coins that were withdrawn, and are put back by the destructor unless they have arrived.
struct OnTheirWay<'a>(&'a Cell<u32>, u32);

impl Drop for OnTheirWay<'_> {
    fn drop(&mut self) {
        info!("puts back {}", self.1);
        self.0.update(|coins| coins + self.1);
    }
}

/// Undoes its first half if it is dropped after that.
pub async fn rolled_back(accounts: Accounts) {
    info!("withdraws 10");
    accounts.coins[0].update(|coins| coins - 10);
    let mut on_their_way = OnTheirWay(&accounts.coins[0], 10);
    yield_now().await;
    info!("deposits 10");
    let arrived = take(&mut on_their_way.1);
    accounts.coins[1].update(|coins| coins + arrived);
    yield_now().await;
}
