//! [`std::sync::mpsc`] for models.

use std::panic::Location;
use std::time::Duration;

use shuttle::sync::mpsc as inner;
pub use shuttle::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

use crate::model::notes::{self, Access, How, Needs, Object, channel as ends};

/// Makes a channel without a bound, as [`std::sync::mpsc::channel`] does.
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let object = notes::new_object();
    ends::opened(object);
    let (send, receive) = inner::channel();
    (Sender { object, inner: Some(send) }, Receiver { object, bounded: false, inner: receive })
}

/// Makes a channel for `bound` messages, as [`std::sync::mpsc::sync_channel`] does.
pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    let object = notes::new_object();
    let (send, receive) = inner::sync_channel(bound);
    (SyncSender { object, inner: Some(send) }, Receiver { object, bounded: true, inner: receive })
}

/// [`std::sync::mpsc::Sender`] for models.
#[derive(Debug)]
pub struct Sender<T> {
    object: Object,
    /// There until it is dropped.
    inner: Option<inner::Sender<T>>,
}

impl<T> Sender<T> {
    /// Sends a message.
    ///
    /// # Errors
    /// There is no receiver any more.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        let inner = self.inner.as_ref().expect("it is there until it is dropped");
        let run = || inner.send(message);
        notes::step("sends", ends::sends(self.object), Needs::Nothing, run, |_| {
            Some(ends::sent(self.object))
        })
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        ends::sender_cloned(self.object);
        Self { object: self.object, inner: self.inner.clone() }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        ends::sender_dropped(self.object);
        drop(self.inner.take());
    }
}

/// [`std::sync::mpsc::SyncSender`] for models.
#[derive(Debug)]
pub struct SyncSender<T> {
    object: Object,
    /// There until it is dropped.
    inner: Option<inner::SyncSender<T>>,
}

impl<T> SyncSender<T> {
    /// Sends a message; waits for room.
    ///
    /// # Errors
    /// There is no receiver any more.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        let inner = self.inner.as_ref().expect("it is there until it is dropped");
        notes::step("sends", self.touches(), Needs::Nothing, || inner.send(message), |_| None)
    }

    /// Sends a message if there is room.
    ///
    /// # Errors
    /// There is none, or no receiver any more.
    #[track_caller]
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        let inner = self.inner.as_ref().expect("it is there until it is dropped");
        notes::step(
            "tries to send",
            self.touches(),
            Needs::Nothing,
            || inner.try_send(message),
            |_| None,
        )
    }

    fn touches(&self) -> Vec<Access> {
        vec![(self.object, How::Write)]
    }
}

impl<T> Clone for SyncSender<T> {
    fn clone(&self) -> Self {
        Self { object: self.object, inner: self.inner.clone() }
    }
}

impl<T> Drop for SyncSender<T> {
    fn drop(&mut self) {
        notes::also(self.object, How::Write);
        drop(self.inner.take());
    }
}

/// [`std::sync::mpsc::Receiver`] for models.
#[derive(Debug)]
pub struct Receiver<T> {
    object: Object,
    bounded: bool,
    inner: inner::Receiver<T>,
}

impl<T> Receiver<T> {
    fn receives<E>(
        &self,
        at: &'static Location<'static>,
        what: &'static str,
        waits: bool,
        run: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        if self.bounded {
            let touches = vec![(self.object, How::Write)];
            return notes::step_at(at, what, touches, Needs::Nothing, run, |_| None);
        }
        let needs = if waits { Needs::Message(self.object) } else { Needs::Nothing };
        notes::step_at(at, what, ends::receives(self.object), needs, run, |received| {
            Some(ends::received(self.object, received.is_ok()))
        })
    }

    /// Receives a message; waits for one.
    ///
    /// # Errors
    /// There is none, and no sender any more.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        self.recv_at(Location::caller())
    }

    fn recv_at(&self, at: &'static Location<'static>) -> Result<T, RecvError> {
        self.receives(at, "receives", true, || self.inner.recv())
    }

    /// Receives a message if there is one.
    ///
    /// # Errors
    /// There is none.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.try_recv_at(Location::caller())
    }

    fn try_recv_at(&self, at: &'static Location<'static>) -> Result<T, TryRecvError> {
        self.receives(at, "tries to receive", false, || self.inner.try_recv())
    }

    /// Receives a message; a model has no time, so it is never over.
    ///
    /// # Errors
    /// There is none, and no sender any more.
    #[track_caller]
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        let at = Location::caller();
        self.receives(at, "receives", true, || self.inner.recv_timeout(timeout))
    }

    /// Receives until there is no sender any more.
    #[track_caller]
    pub fn iter(&self) -> impl Iterator<Item = T> + '_ {
        let at = Location::caller();
        std::iter::from_fn(move || self.recv_at(at).ok())
    }

    /// Receives what there is.
    #[track_caller]
    pub fn try_iter(&self) -> impl Iterator<Item = T> + '_ {
        let at = Location::caller();
        std::iter::from_fn(move || self.try_recv_at(at).ok())
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        // A send after it fails.
        let object = if self.bounded { self.object } else { ends::closed(self.object) };
        notes::also(object, How::Write);
    }
}

/// The messages until there is no sender any more.
#[derive(Debug)]
pub struct IntoIter<T>(Receiver<T>, &'static Location<'static>);

impl<T> Iterator for IntoIter<T> {
    type Item = T;
    fn next(&mut self) -> Option<T> {
        self.0.recv_at(self.1).ok()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;
    #[track_caller]
    fn into_iter(self) -> IntoIter<T> {
        IntoIter(self, Location::caller())
    }
}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Box<dyn Iterator<Item = T> + 'a>;
    #[track_caller]
    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}
