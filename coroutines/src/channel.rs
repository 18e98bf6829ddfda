//! A bounded channel for the tasks of one thread, on any executor: all that it uses to wake a task
//! that has found it full, or empty, is a [`Waker`].
//!
//! ```
//! use coroutines::channel::channel;
//! use coroutines::executor::{block_on, spawn};
//!
//! let received = block_on(async {
//!     let (sender, mut receiver) = channel(1);
//!     let sends = async move {
//!         for value in 0..3 {
//!             sender.send(value).await.unwrap();
//!         }
//!     };
//!     drop(spawn(sends));
//!     let mut received = Vec::new();
//!     while let Some(value) = receiver.recv().await {
//!         received.push(value);
//!     }
//!     received
//! });
//! assert_eq!(received, [0, 1, 2]);
//! ```
//!
//! # Relationship with tokio
//! Names and meaning are those of [`tokio::sync::mpsc`], which also works across threads. Both
//! serve their senders in FIFO order.

use std::cell::{RefCell, RefMut};
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::mem::{replace, take};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::contain::{contain, wake};

/// What both sides share. It is never borrowed while a waker is called, or a value dropped: foreign
/// code, which may use this channel, or panic.
struct Shared<T> {
    values: VecDeque<T>,
    /// The room that is neither filled nor granted to a sender that waited; none once the receiver
    /// is gone.
    free: usize,
    senders: usize,
    /// The receiver is there.
    open: bool,
    receiver: Option<Waker>,
    /// The senders that wait for room, in FIFO order, each with its number, by which it finds
    /// itself again. While one waits, no room is free.
    line: VecDeque<(u64, Waker)>,
    next_number: u64,
}

impl<T> Shared<T> {
    fn find(&self, number: u64) -> Option<usize> {
        self.line.binary_search_by_key(&number, |&(number, _)| number).ok()
    }
}

/// The sending side; it is cloned for more senders.
#[derive(Debug)]
pub struct Sender<T>(Rc<RefCell<Shared<T>>>);

/// The receiving side, which gets the values in the order in which they were sent.
#[derive(Debug)]
pub struct Receiver<T>(Rc<RefCell<Shared<T>>>);

/// The error of a send to a receiver that is gone, with the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendError<T>(pub T);

/// The error of a send that would have to wait, or to a receiver that is gone, with the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrySendError<T> {
    /// There is no room now.
    Full(T),
    /// The receiver is gone.
    Closed(T),
}

/// Returns a channel with room for `room` values.
///
/// # Panics
/// If `room` is 0.
pub fn channel<T>(room: usize) -> (Sender<T>, Receiver<T>) {
    assert!(room > 0, "a channel has room for at least one value");
    let (values, line, next_number) = (VecDeque::new(), VecDeque::new(), 0);
    let (free, senders, open, receiver) = (room, 1, true, None);
    let shared = Shared { values, free, senders, open, receiver, line, next_number };
    let shared = Rc::new(RefCell::new(shared));
    (Sender(Rc::clone(&shared)), Receiver(shared))
}

/// Puts a value into room that is free, and wakes the receiver.
fn push<T>(mut shared: RefMut<'_, Shared<T>>, value: T) {
    shared.free -= 1;
    shared.values.push_back(value);
    let receiver = shared.receiver.take();
    drop(shared);
    wake(receiver);
}

/// Grants room to the first sender in the line; it is free if there is none.
#[cold]
fn grant<T>(mut shared: RefMut<'_, Shared<T>>) {
    let first = shared.line.pop_front();
    shared.free += usize::from(first.is_none());
    drop(shared);
    wake(first.map(|(_, waker)| waker));
}

impl<T> Sender<T> {
    /// Sends a value if there is room that no other sender waits for.
    ///
    /// # Errors
    /// There is no room, or the receiver is gone.
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        let shared = self.0.borrow_mut();
        if shared.free == 0 {
            let error = if shared.open { TrySendError::Full } else { TrySendError::Closed };
            return Err(error(value));
        }
        push(shared, value);
        Ok(())
    }

    /// Sends a value, once there is room for it. A `send` that is dropped before drops the value.
    ///
    /// # Errors
    /// The receiver is gone.
    ///
    /// # Fairness
    /// FIFO: room that becomes free is granted to the sender that has waited longest, and to no
    /// other. So a `send` that waits has to be polled or dropped, or its room stays empty.
    pub fn send(&self, value: T) -> impl Future<Output = Result<(), SendError<T>>> {
        let mut place = Place { shared: &self.0, value: Some(value), number: None };
        poll_fn(move |cx| place.poll_send(cx))
    }
}

/// A value to be sent, and its place in the line for room; its destructor gives the place back.
struct Place<'a, T> {
    shared: &'a RefCell<Shared<T>>,
    /// `None`: it is sent.
    value: Option<T>,
    /// `None`: it has no place. One that is no longer in the line has room, if the channel is open.
    number: Option<u64>,
}

impl<T> Place<'_, T> {
    fn poll_send(&mut self, cx: &Context<'_>) -> Poll<Result<(), SendError<T>>> {
        let value = self.value.take().expect("a `send` that has ended is not polled");
        let shared = self.shared.borrow_mut();
        if self.number.is_none() && shared.free > 0 {
            push(shared, value);
            return Poll::Ready(Ok(()));
        }
        drop(shared);
        self.wait(cx, value)
    }

    /// Waits until room is granted, or the receiver is gone.
    #[inline(never)]
    fn wait(&mut self, cx: &Context<'_>, value: T) -> Poll<Result<(), SendError<T>>> {
        // Foreign code: the clone comes before the borrow, the drop of what it replaces after it.
        let waker = cx.waker().clone();
        let mut shared = self.shared.borrow_mut();
        let before = match self.number.map(|number| shared.find(number)) {
            _ if !shared.open => return Poll::Ready(Err(SendError(value))),
            Some(Some(found)) => Some(replace(&mut shared.line[found].1, waker)),
            None if shared.free == 0 => {
                let number = shared.next_number;
                (self.number, shared.next_number) = (Some(number), number + 1);
                shared.line.push_back((number, waker));
                None
            }
            // Room was granted, or that clone has made some.
            _ => {
                shared.free += usize::from(self.number.take().is_some());
                push(shared, value);
                return Poll::Ready(Ok(()));
            }
        };
        self.value = Some(value);
        drop(shared);
        drop(before);
        Poll::Pending
    }

    #[cold]
    fn leave(&self, number: u64) {
        let mut shared = self.shared.borrow_mut();
        if let Some(found) = shared.find(number) {
            let gone = shared.line.remove(found);
            drop(shared);
            // The value's drop comes after it.
            contain(|| drop(gone));
        } else if shared.open {
            // It was granted and not used.
            grant(shared);
        }
    }
}

impl<T> Drop for Place<'_, T> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.leave(number);
        }
    }
}

impl<T> Receiver<T> {
    /// Receives the next value, once there is one; `None` when all senders are gone.
    ///
    /// # Cancel safety
    /// A `recv` that is dropped has received nothing.
    pub fn recv(&mut self) -> impl Future<Output = Option<T>> {
        poll_fn(move |cx| match self.next() {
            Poll::Pending => self.wait(cx),
            ready => ready,
        })
    }

    #[inline(never)]
    fn wait(&self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let waker = cx.waker().clone();
        let mut shared = self.0.borrow_mut();
        let before = shared.receiver.replace(waker);
        // Foreign code, the clone of one waker and the drop of another, may have sent something.
        let waits = before.is_none() && shared.values.is_empty() && shared.senders > 0;
        drop(shared);
        drop(before);
        if waits { Poll::Pending } else { self.next() }
    }

    fn next(&self) -> Poll<Option<T>> {
        let mut shared = self.0.borrow_mut();
        match shared.values.pop_front() {
            Some(value) => {
                if shared.line.is_empty() {
                    shared.free += 1;
                } else {
                    grant(shared);
                }
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
        (shared.open, shared.free) = (false, 0);
        let (values, line) = (take(&mut shared.values), take(&mut shared.line));
        let own = shared.receiver.take();
        drop(shared);
        line.into_iter().for_each(|(_, waker)| wake(Some(waker)));
        contain(|| drop(own));
        // Last: their destructors are foreign code.
        drop(values);
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
