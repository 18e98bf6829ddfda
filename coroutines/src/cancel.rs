//! What is lost when a future is dropped at an await: here, at each of its awaits in turn.
//!
//! A future can be dropped wherever it waits: by `select!`, by a time limit, by an abort. What it
//! holds is gone then, and what it has done stays done. So code is safe to cancel if at each await
//! nothing is on its way: not yet begun, kept outside of the future, or put back by a destructor.
//!
//! Each form polls its future by hand, drops it at one await, looks at what is there, and so on
//! with the next await.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::sync::mpsc;

use super::runtime::{block_on, spawn, yield_now};

/// Says what was lost by a drop at one await.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// How much is nowhere any more.
    pub lost: u32,
    /// What is found afterwards.
    pub after: String,
}

/// Drops a future at its first await, another one at its second, until one has no more of them:
/// `form` is told at which, and returns nothing if its future came to its end before.
pub fn at_each_await(form: impl Fn(usize) -> Option<Cut>) -> Vec<Cut> {
    (1..).map_while(form).collect()
}

/// Polls a future so many times and drops it: at that await, since each of these lets one poll
/// pass.
fn drop_at<F: Future>(which: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..which).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    })
}

/// Waits for one poll.
async fn once() {
    let mut polled = false;
    poll_fn(|_| if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending })
        .await;
}

/// Stands for a connection: a byte comes at a time, and each is waited for.
struct Wire(VecDeque<u8>);

impl Wire {
    fn new() -> Self {
        Self(b"ABCDEFGH".iter().copied().collect())
    }

    /// Takes a byte off. Dropped at its await, it has taken none: by itself it is safe.
    async fn byte(&mut self) -> Option<u8> {
        once().await;
        self.0.pop_front()
    }
}

/// Reads frames of four bytes; what it has of one lies in the future.
async fn read_frame(wire: &mut Wire) -> Option<String> {
    let mut frame = String::new();
    while frame.len() < 4 {
        frame.push(wire.byte().await?.into());
    }
    Some(frame)
}

/// Drops the reading of a frame, and reads on: what was read already is in no frame.
pub fn buffer_inside(which: usize) -> Option<Cut> {
    let mut wire = Wire::new();
    if drop_at(which, read_frame(&mut wire)).is_some() {
        return None;
    }
    let lost = 8 - wire.0.len() as u32;
    Some(Cut { lost, after: drop_at(usize::MAX, read_frame(&mut wire))?? })
}

/// Keeps what it has of a frame beside the wire, so that the next call goes on where a dropped one
/// ended.
struct Frames {
    wire: Wire,
    begun: String,
}

impl Frames {
    /// # Cancel safety
    /// Between two awaits, a byte goes from the wire into `begun`; at each of them, it is in the
    /// one or in the other.
    async fn read(&mut self) -> Option<String> {
        while self.begun.len() < 4 {
            let byte = self.wire.byte().await?;
            self.begun.push(byte.into());
        }
        Some(std::mem::take(&mut self.begun))
    }
}

/// Drops the reading of a frame, and reads on: the frame is whole.
pub fn buffer_outside(which: usize) -> Option<Cut> {
    let mut frames = Frames { wire: Wire::new(), begun: String::new() };
    if drop_at(which, frames.read()).is_some() {
        return None;
    }
    let lost = 8 - (frames.wire.0.len() + frames.begun.len()) as u32;
    Some(Cut { lost, after: drop_at(usize::MAX, frames.read())?? })
}

/// Drops a `send` that waits for room: the message was in it.
pub fn send(which: usize) -> Option<Cut> {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.try_send("first").ok()?;
    // There is no room until the first one is received, so that it waits at its only await.
    if which > 1 || drop_at(which, sender.send("second")).is_some() {
        return None;
    }
    drop(sender);
    let (first, second) = (receiver.blocking_recv()?, receiver.blocking_recv());
    Some(Cut {
        lost: u32::from(second.is_none()),
        after: [Some(first), second].into_iter().flatten().collect(),
    })
}

/// Drops a `reserve` that waits for room: the message is only handed over once there is some.
pub fn reserve(which: usize) -> Option<Cut> {
    let (sender, mut receiver) = mpsc::channel(1);
    sender.try_send("first").ok()?;
    let message = "second";
    if which > 1 || drop_at(which, sender.reserve()).is_some() {
        return None;
    }
    let first = receiver.blocking_recv()?;
    sender.try_reserve().ok()?.send(message);
    drop(sender);
    let second = receiver.blocking_recv();
    let after = [Some(first), Some(" "), second].into_iter().flatten().collect();
    Some(Cut { lost: u32::from(second.is_none()), after })
}

type Accounts = Arc<Mutex<[u32; 2]>>;

fn lock(accounts: &Accounts) -> MutexGuard<'_, [u32; 2]> {
    accounts.lock().unwrap_or_else(PoisonError::into_inner)
}

fn counted(accounts: &Accounts) -> Cut {
    let [one, other] = *lock(accounts);
    Cut { lost: 100 - one - other, after: format!("{one} + {other}") }
}

/// Takes 10 from one account, asks someone, gives 10 to the other, tells someone.
async fn transfer(accounts: Accounts) {
    lock(&accounts)[0] -= 10;
    yield_now().await;
    lock(&accounts)[1] += 10;
    yield_now().await;
}

/// Drops a transfer: at its first await, the money is on its way.
pub fn half_done(which: usize) -> Option<Cut> {
    block_on(async {
        let accounts = Accounts::new(Mutex::new([100, 0]));
        match drop_at(which, transfer(Arc::clone(&accounts))) {
            Some(()) => None,
            None => Some(counted(&accounts)),
        }
    })
}

/// Gives back what was taken, unless it has arrived: destructors run when a future is dropped.
struct OnItsWay<'a>(&'a Accounts, u32);

impl Drop for OnItsWay<'_> {
    fn drop(&mut self) {
        lock(self.0)[0] += self.1;
    }
}

/// Drops a transfer that undoes its half.
pub fn rolled_back(which: usize) -> Option<Cut> {
    async fn transfer(accounts: &Accounts) {
        lock(accounts)[0] -= 10;
        let mut on_its_way = OnItsWay(accounts, 10);
        yield_now().await;
        lock(accounts)[1] += std::mem::take(&mut on_its_way.1);
        yield_now().await;
    }
    block_on(async {
        let accounts = Accounts::new(Mutex::new([100, 0]));
        match drop_at(which, transfer(&accounts)) {
            Some(()) => None,
            None => Some(counted(&accounts)),
        }
    })
}

/// Drops the wait for a transfer that is a task of its own: it goes on without a waiter.
pub fn spawned(which: usize) -> Option<Cut> {
    block_on(async {
        let accounts = Accounts::new(Mutex::new([100, 0]));
        let (done, ended) = tokio::sync::oneshot::channel();
        let mine = Arc::clone(&accounts);
        let mut task = pin!(spawn(async move {
            transfer(mine).await;
            // Nobody listens where the transfer was not dropped before its end.
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
