//! A channel with room for so many values, for the tasks of one thread: who finds it full, or empty, waits, and the thread goes on with others.
//!
//! It knows no runtime: a [`Waker`] is all that it needs to wake whoever waits, so it serves any executor of one thread.
//!
//! ```
//! use coroutines::{channel::channel, combine::join, executor::block_on};
//!
//! let (sender, mut receiver) = channel(1);
//! let sends = async move {
//!     for value in 0..3 {
//!         sender.send(value).await.unwrap();
//!     }
//! };
//! let takes = async {
//!     let mut taken = Vec::new();
//!     while let Some(value) = receiver.recv().await {
//!         taken.push(value);
//!     }
//!     taken
//! };
//! assert_eq!(block_on(join(sends, takes)).1, [0, 1, 2]);
//! ```
//!
//! # Relationship with tokio
//! The names and what they mean are those of [`tokio::sync::mpsc`], which also reaches across threads and serves its senders in order.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

#[derive(Debug)]
struct Shared<T> {
    values: VecDeque<T>,
    room: usize,
    senders: usize,
    /// The receiver is there: somebody may still take what is sent.
    open: bool,
    receiver: Option<Waker>,
    /// Those who wait for room, each with a number by which it finds itself again.
    full: VecDeque<(u64, Waker)>,
    number: u64,
}

/// Sends values; cloned, for more senders.
#[derive(Debug)]
pub struct Sender<T>(Rc<RefCell<Shared<T>>>);

/// Takes values, in the order in which they were sent.
#[derive(Debug)]
pub struct Receiver<T>(Rc<RefCell<Shared<T>>>);

/// Gives back what was not sent, for the receiver is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendError<T>(pub T);

/// Gives back what was not sent at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrySendError<T> {
    /// There is no room for it now.
    Full(T),
    /// The receiver is gone.
    Closed(T),
}

/// Makes a channel with room for so many values.
///
/// # Panics
/// If there is to be room for none.
pub fn channel<T>(room: usize) -> (Sender<T>, Receiver<T>) {
    assert!(room > 0, "a channel has room for at least one value");
    let (values, full) = (VecDeque::new(), VecDeque::new());
    let shared = Shared { values, room, senders: 1, open: true, receiver: None, full, number: 0 };
    let shared = Rc::new(RefCell::new(shared));
    (Sender(Rc::clone(&shared)), Receiver(shared))
}

/// Wakes who was found, if someone was: after the cell is free again, since a waker may do anything.
fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl<T> Sender<T> {
    /// Sends a value if there is room at this moment.
    ///
    /// # Errors
    /// There is none, or nobody to take it.
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        let mut shared = self.0.borrow_mut();
        if !shared.open {
            return Err(TrySendError::Closed(value));
        }
        if shared.values.len() == shared.room {
            return Err(TrySendError::Full(value));
        }
        shared.values.push_back(value);
        let receiver = shared.receiver.take();
        drop(shared);
        wake(receiver);
        Ok(())
    }

    /// Sends a value, once there is room for it. If it is dropped before, nothing was sent, and the value is gone with it.
    ///
    /// # Errors
    /// Nobody is there to take it.
    ///
    /// # Fairness
    /// Who waits for room is woken in order, but who comes just then may take it first.
    pub async fn send(&self, value: T) -> Result<(), SendError<T>> {
        let mut value = Some(value);
        let mut waits = Waits { shared: &self.0, number: None };
        poll_fn(|cx| match self.try_send(value.take().expect("it is polled until it is ready")) {
            Ok(()) => Poll::Ready(Ok(())),
            Err(TrySendError::Closed(value)) => Poll::Ready(Err(SendError(value))),
            Err(TrySendError::Full(back)) => {
                value = Some(back);
                waits.line_up(cx);
                Poll::Pending
            }
        })
        .await
    }
}

/// Stands for a place in the line for room, also when the future that it belongs to is dropped.
struct Waits<'a, T> {
    shared: &'a RefCell<Shared<T>>,
    number: Option<u64>,
}

impl<T> Waits<'_, T> {
    fn line_up(&mut self, cx: &mut Context<'_>) {
        let mut shared = self.shared.borrow_mut();
        if let Some(place) = shared.full.iter_mut().find(|(number, _)| Some(*number) == self.number) {
            place.1.clone_from(cx.waker());
            return;
        }
        shared.number += 1;
        self.number = Some(shared.number);
        let number = shared.number;
        shared.full.push_back((number, cx.waker().clone()));
    }
}

impl<T> Drop for Waits<'_, T> {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let mut shared = self.shared.borrow_mut();
        let before = shared.full.len();
        shared.full.retain(|(other, _)| *other != number);
        // It is not in the line: it was woken, and may not have used the room. The next one is woken in its place; needlessly, if it has.
        let next = if shared.full.len() == before { shared.full.pop_front() } else { None };
        drop(shared);
        wake(next.map(|(_, waker)| waker));
    }
}

impl<T> Receiver<T> {
    /// Takes the next value, once there is one; `None`: all senders are gone. Nothing is lost if it is dropped before.
    pub async fn recv(&mut self) -> Option<T> {
        poll_fn(|cx| self.poll_recv(cx)).await
    }

    /// Takes the next value, or notes who is to be woken by it.
    pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut shared = self.0.borrow_mut();
        if let Some(value) = shared.values.pop_front() {
            let next = shared.full.pop_front();
            drop(shared);
            wake(next.map(|(_, waker)| waker));
            return Poll::Ready(Some(value));
        }
        if shared.senders == 0 {
            return Poll::Ready(None);
        }
        shared.receiver = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.0.borrow_mut().senders += 1;
        Self(Rc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut shared = self.0.borrow_mut();
        shared.senders -= 1;
        let receiver = if shared.senders == 0 { shared.receiver.take() } else { None };
        drop(shared);
        wake(receiver);
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut shared = self.0.borrow_mut();
        shared.open = false;
        let (values, full) = (std::mem::take(&mut shared.values), std::mem::take(&mut shared.full));
        drop(shared);
        drop(values);
        full.into_iter().for_each(|(_, waker)| waker.wake());
    }
}

impl<T> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody is there to take the value")
    }
}

impl<T: fmt::Debug> std::error::Error for SendError<T> {}
