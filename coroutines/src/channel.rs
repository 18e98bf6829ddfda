//! A bounded channel for the tasks of one thread, on any executor: a [`Waker`] is all that it needs
//! to wake a task that has found it full, or empty.
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
//! The names and what they mean are those of [`tokio::sync::mpsc`], which also reaches across
//! threads. Both serve their senders in the order in which they have asked for room.

use std::cell::{RefCell, RefMut};
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::mem::{replace, take};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::contain::contain;

struct Shared<T> {
    values: VecDeque<T>,
    room: usize,
    /// How much of the room was given to senders that waited, and is not filled yet.
    granted: usize,
    senders: usize,
    /// The receiver is there: somebody may still take what is sent.
    open: bool,
    receiver: Option<Waker>,
    /// The senders that wait for room, in the order in which they asked, each with its number, by
    /// which it finds itself again. While one waits, no room is free.
    line: VecDeque<(u64, Waker)>,
    number: u64,
}

impl<T> Shared<T> {
    fn is_full(&self) -> bool {
        self.values.len() + self.granted == self.room
    }

    /// Gives room that has become free to the first sender in the line, and returns its waker.
    fn grant(&mut self) -> Option<Waker> {
        let (_, waker) = self.line.pop_front()?;
        self.granted += 1;
        Some(waker)
    }

    fn find(&self, number: u64) -> Option<usize> {
        self.line.binary_search_by_key(&number, |&(number, _)| number).ok()
    }
}

/// The side that sends; cloned, for more senders.
#[derive(Debug)]
pub struct Sender<T>(Rc<RefCell<Shared<T>>>);

/// The side that receives, in the order in which values were sent.
#[derive(Debug)]
pub struct Receiver<T>(Rc<RefCell<Shared<T>>>);

/// The error of a send for which the receiver is gone, with the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendError<T>(pub T);

/// The error of a send that would have to wait, or for which the receiver is gone, with the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrySendError<T> {
    /// There is no room for it now.
    Full(T),
    /// The receiver is gone.
    Closed(T),
}

/// Makes a channel with room for `room` values.
///
/// # Panics
/// If `room` is 0.
pub fn channel<T>(room: usize) -> (Sender<T>, Receiver<T>) {
    assert!(room > 0, "a channel has room for at least one value");
    let (values, line) = (VecDeque::new(), VecDeque::new());
    let shared = Shared {
        values,
        room,
        granted: 0,
        senders: 1,
        open: true,
        receiver: None,
        line,
        number: 0,
    };
    let shared = Rc::new(RefCell::new(shared));
    (Sender(Rc::clone(&shared)), Receiver(shared))
}

/// Wakes a task, if there is one, after the cell is free again: a waker is foreign code, and may
/// use this channel, or panic.
fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        contain(|| waker.wake());
    }
}

/// Puts a value into the room that there is for it.
fn push<T>(mut shared: RefMut<'_, Shared<T>>, value: T) {
    shared.values.push_back(value);
    let receiver = shared.receiver.take();
    drop(shared);
    wake(receiver);
}

impl<T> Sender<T> {
    /// Sends a value if there is room at this moment that no other sender waits for.
    ///
    /// # Errors
    /// There is no room, or the receiver is gone.
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        let shared = self.0.borrow_mut();
        if !shared.open {
            return Err(TrySendError::Closed(value));
        }
        if shared.is_full() {
            return Err(TrySendError::Full(value));
        }
        push(shared, value);
        Ok(())
    }

    /// Sends a value, once there is room for it. If it is dropped before, nothing was sent, and the
    /// value is gone with it.
    ///
    /// # Errors
    /// The receiver is gone.
    ///
    /// # Fairness
    /// FIFO: room that becomes free is given to the sender that has waited longest, and to nobody
    /// else. So a `send` that waits has to be polled or dropped, or its room stays empty.
    pub async fn send(&self, value: T) -> Result<(), SendError<T>> {
        let value = match self.try_send(value) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Closed(value)) => return Err(SendError(value)),
            Err(TrySendError::Full(value)) => value,
        };
        let mut place = Place { shared: &self.0, number: None };
        poll_fn(|cx| place.poll_granted(cx)).await;
        place.fill(value)
    }
}

/// A place in the line for room, and then the room itself; its destructor gives it up.
struct Place<'a, T> {
    shared: &'a RefCell<Shared<T>>,
    /// `None`: it has not asked yet, or has used its room. A number that is not in the line any
    /// more has room, if the channel is open.
    number: Option<u64>,
}

impl<T> Place<'_, T> {
    /// Waits until room is granted, or the receiver is gone.
    fn poll_granted(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        // Made before the cell is borrowed, as is dropped after that what it replaces: both are
        // foreign code.
        let waker = cx.waker().clone();
        let mut shared = self.shared.borrow_mut();
        let number = self.number.unwrap_or(shared.number);
        let before = match (self.number, shared.find(number)) {
            _ if !shared.open => return Poll::Ready(()),
            (None, _) => {
                (self.number, shared.number) = (Some(number), number + 1);
                if !shared.is_full() {
                    shared.granted += 1;
                    return Poll::Ready(());
                }
                shared.line.push_back((number, waker));
                None
            }
            (Some(_), Some(found)) => Some(replace(&mut shared.line[found].1, waker)),
            (Some(_), None) => return Poll::Ready(()),
        };
        drop(shared);
        drop(before);
        Poll::Pending
    }

    fn fill(mut self, value: T) -> Result<(), SendError<T>> {
        let mut shared = self.shared.borrow_mut();
        if !shared.open {
            return Err(SendError(value));
        }
        self.number = None;
        shared.granted -= 1;
        push(shared, value);
        Ok(())
    }
}

impl<T> Drop for Place<'_, T> {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let mut shared = self.shared.borrow_mut();
        if let Some(found) = shared.find(number) {
            let gone = shared.line.remove(found);
            drop(shared);
            drop(gone);
        } else if shared.open {
            // It was granted, and not used: the next one has it.
            shared.granted -= 1;
            let next = shared.grant();
            drop(shared);
            wake(next);
        }
    }
}

impl<T> Receiver<T> {
    /// Receives the next value, once there is one; `None`: all senders are gone. Nothing is lost if
    /// it is dropped before.
    pub async fn recv(&mut self) -> Option<T> {
        poll_fn(|cx| self.poll_recv(cx)).await
    }

    /// Receives the next value, or registers the task to be woken by it.
    pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let polled = self.next();
        if polled.is_ready() {
            return polled;
        }
        let waker = cx.waker().clone();
        let before = self.0.borrow_mut().receiver.replace(waker);
        drop(before);
        // The making of a waker, and the end of the one before, may have sent something.
        self.next()
    }

    fn next(&self) -> Poll<Option<T>> {
        let mut shared = self.0.borrow_mut();
        match shared.values.pop_front() {
            Some(value) => {
                let next = shared.grant();
                drop(shared);
                wake(next);
                Poll::Ready(Some(value))
            }
            None if shared.senders == 0 => Poll::Ready(None),
            None => Poll::Pending,
        }
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
        let (values, line) = (take(&mut shared.values), take(&mut shared.line));
        let own = shared.receiver.take();
        drop(shared);
        line.into_iter().for_each(|(_, waker)| wake(Some(waker)));
        // Last: their ends are foreign code.
        drop((own, values));
    }
}

impl<T> fmt::Debug for Shared<T> {
    /// Prints no values: they are for the receiver alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl<T> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the receiver is gone")
    }
}

impl<T: fmt::Debug> std::error::Error for SendError<T> {}
