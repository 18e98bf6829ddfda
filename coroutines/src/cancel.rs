//! What is lost when a future is dropped at an await: here, at each of its awaits in turn.
//!
//! A future can be dropped wherever it waits: by `select!`, by a timeout, by an abort. What it
//! holds is gone then, and what it has done stays done. So code is cancellation safe if at each
//! await nothing is half done: not yet begun, kept outside of the future, or undone by a destructor.
//!
//! Each variant polls its future by hand, drops it at one await, looks at what is there, and does
//! so again with the next await.

use std::cell::Cell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::mem::{replace, take};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use tokio::sync::{mpsc, oneshot};
use tracing::info;

use super::runtime::{block_on, spawn, yield_now};
use crate::lane;

/// What a drop at one await has lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancelled {
    /// How many bytes, messages or coins are nowhere any more.
    pub lost: u32,
    /// What is found afterwards.
    pub after: String,
}

/// Drops a future at its first await, another one at its second, and so on: `variant` is told at
/// which, and returns nothing if its future came to its end before.
pub fn at_each_await(variant: impl Fn(usize) -> Option<Cancelled>) -> Vec<Cancelled> {
    (1..).map_while(variant).collect()
}

/// Polls a future `times` times and drops it: at that await, since each of these lets one poll
/// pass.
pub(crate) fn drop_at<F: Future>(times: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..times).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    })
}

/// Is pending once.
async fn once() {
    let mut polled = false;
    poll_fn(|_| if replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// A connection from which bytes come one at a time, each after an await.
struct Connection(VecDeque<u8>);

impl Connection {
    fn new() -> Self {
        Self(b"ABCDEFGH".iter().copied().collect())
    }

    /// Reads a byte. Dropped at its await, it has read none: by itself it is cancellation safe.
    async fn byte(&mut self) -> Option<u8> {
        once().await;
        self.0.pop_front()
    }
}

/// Reads a frame of four bytes, of which `begun` may hold some.
///
/// # Cancel safety
/// Between two awaits, a byte goes from the connection into `begun`; at each await, it is in one of
/// the two. So this is cancellation safe if `begun` outlives it.
async fn read_frame(connection: &mut Connection, begun: &mut String) -> Option<String> {
    while begun.len() < 4 {
        begun.push(connection.byte().await?.into());
    }
    Some(take(begun))
}

/// Drops the reading of a frame with its buffer, and reads on: what was read is in no frame.
pub fn buffer_inside(which: usize) -> Option<Cancelled> {
    let mut connection = Connection::new();
    if drop_at(which, async { read_frame(&mut connection, &mut String::new()).await }).is_some() {
        return None;
    }
    let lost = 8 - connection.0.len() as u32;
    let after = drop_at(usize::MAX, read_frame(&mut connection, &mut String::new()))??;
    Some(Cancelled { lost, after })
}

/// Drops the reading of a frame and keeps its buffer, and reads on: the frame is whole.
pub fn buffer_outside(which: usize) -> Option<Cancelled> {
    let (mut connection, mut begun) = (Connection::new(), String::new());
    if drop_at(which, read_frame(&mut connection, &mut begun)).is_some() {
        return None;
    }
    let lost = 8 - (connection.0.len() + begun.len()) as u32;
    let after = drop_at(usize::MAX, read_frame(&mut connection, &mut begun))??;
    Some(Cancelled { lost, after })
}

/// Drops a `send` that waits for room: the message was in it.
pub fn send(which: usize) -> Option<Cancelled> {
    let (sender, receiver) = mpsc::channel(1);
    sender.try_send("first").ok()?;
    // There is no room until the first one is received, so that it waits at its only await.
    if which > 1 || drop_at(which, sender.send("second")).is_some() {
        return None;
    }
    drop(sender);
    Some(received(receiver))
}

/// Drops a `reserve` that waits for room: the message is handed over after that, without an await.
pub fn reserve(which: usize) -> Option<Cancelled> {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.try_send("first").ok()?;
    if which > 1 || drop_at(which, sender.reserve()).is_some() {
        return None;
    }
    let first = receiver.blocking_recv()?;
    sender.try_reserve().ok()?.send("second");
    drop(sender);
    let Cancelled { after: second, .. } = received(receiver);
    Some(Cancelled { lost: u32::from(second.is_empty()), after: format!("{first} {second}") })
}

/// Returns what is left in a channel without senders; a second message that is not there is lost.
fn received(mut receiver: mpsc::Receiver<&str>) -> Cancelled {
    let (first, second) = (receiver.blocking_recv(), receiver.blocking_recv());
    let after = [first, second].into_iter().flatten().collect();
    Cancelled { lost: u32::from(second.is_none()), after }
}

/// Two accounts, for the tasks of one thread.
type Accounts = Rc<[Cell<u32>; 2]>;

fn accounts() -> Accounts {
    Rc::new([Cell::new(100), Cell::new(0)])
}

fn counted(accounts: &Accounts) -> Cancelled {
    let [one, other] = [accounts[0].get(), accounts[1].get()];
    Cancelled { lost: 100 - one - other, after: format!("{one} + {other}") }
}

/// Withdraws 10 from one account, awaits, deposits 10 in the other, awaits.
pub async fn transfer(accounts: Accounts) {
    info!("withdraws 10");
    accounts[0].update(|coins| coins - 10);
    yield_now().await;
    info!("deposits 10");
    accounts[1].update(|coins| coins + 10);
    yield_now().await;
}

/// Drops a transfer: at its first await, it is half done.
pub fn half_done(which: usize) -> Option<Cancelled> {
    transferred(which, transfer)
}

/// Coins that were withdrawn, and are put back unless they have arrived: destructors run when a
/// future is dropped.
struct OnTheirWay<'a>(&'a Cell<u32>, u32);

impl Drop for OnTheirWay<'_> {
    fn drop(&mut self) {
        info!("puts back {}", self.1);
        self.0.update(|coins| coins + self.1);
    }
}

/// Does the same, and undoes its first half if it is dropped after that.
pub async fn undone_transfer(accounts: Accounts) {
    info!("withdraws 10");
    accounts[0].update(|coins| coins - 10);
    let mut on_their_way = OnTheirWay(&accounts[0], 10);
    yield_now().await;
    info!("deposits 10");
    let arrived = take(&mut on_their_way.1);
    accounts[1].update(|coins| coins + arrived);
    yield_now().await;
}

/// Drops a transfer that undoes its half.
pub fn rolled_back(which: usize) -> Option<Cancelled> {
    transferred(which, undone_transfer)
}

fn transferred<F: Future<Output = ()>>(
    which: usize,
    transfer: impl FnOnce(Accounts) -> F,
) -> Option<Cancelled> {
    block_on(async {
        let accounts = accounts();
        let dropped = drop_at(which, transfer(Rc::clone(&accounts))).is_none();
        dropped.then(|| counted(&accounts))
    })
}

/// Drops the wait for a transfer that is a task of its own: it runs on, detached.
pub fn spawned(which: usize) -> Option<Cancelled> {
    block_on(async {
        let accounts = accounts();
        let (done, ended) = oneshot::channel();
        let mine = Rc::clone(&accounts);
        let mut task = pin!(spawn(async move {
            transfer(mine).await;
            // The receiver is gone where the transfer was not dropped before its end.
            let _ = done.send(());
        }));
        for _ in 0..which {
            // A poll of the handle, and then a turn for the task.
            let over = poll_fn(|context| Poll::Ready(task.as_mut().poll(context).is_ready())).await;
            if over {
                return None;
            }
            yield_now().await;
        }
        task.set(spawn(async {}));
        ended.await.ok()?;
        Some(counted(&accounts))
    })
}

/// Aborts a transfer, at an await that the schedule chooses; returns how many coins are lost. For
/// the model checker, as those below.
pub fn transfer_aborted<F>(transfer: impl FnOnce(Accounts) -> F) -> u32
where
    F: Future<Output = ()> + 'static,
{
    block_on(async {
        let accounts = accounts();
        let task = spawn(lane::task("transfer", transfer(Rc::clone(&accounts))));
        task.abort();
        info!("aborts it");
        let _ = task.await;
        counted(&accounts).lost
    })
}

/// Aborts a task that waits for a transfer in a task of its own.
pub fn waiter_aborted() -> u32 {
    block_on(async {
        let accounts = accounts();
        let mine = Rc::clone(&accounts);
        let (done, ended) = oneshot::channel();
        let waiter = spawn(async move {
            let transfer = spawn(lane::task("transfer", async move {
                transfer(mine).await;
                drop(done);
            }));
            let _ = transfer.await;
        });
        waiter.abort();
        info!("aborts the wait");
        let _: Result<(), _> = ended.await;
        counted(&accounts).lost
    })
}

/// Aborts a task that sends a message, or first reserves room for it, while room is made; returns
/// how many messages are neither received nor with the sender.
pub fn send_aborted(reserves: bool) -> u32 {
    block_on(async {
        let (sender, mut receiver) = mpsc::channel(1);
        let _ = sender.try_send("first");
        let message = Rc::new(Cell::new(Some("second")));
        let mine = Rc::clone(&message);
        let task = spawn(lane::task("sender", async move {
            if reserves {
                let permit = sender.reserve().await.ok();
                permit.zip(mine.take()).into_iter().for_each(|(permit, text)| permit.send(text));
            } else if let Some(text) = mine.take() {
                info!("sends the message");
                let _ = sender.send(text).await;
            }
        }));
        yield_now().await;
        info!("makes room");
        let first = receiver.recv().await;
        task.abort();
        info!("aborts the send");
        let _ = task.await;
        u32::from(first.and(receiver.recv().await).or(message.take()).is_none())
    })
}
