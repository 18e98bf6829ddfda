//! A notification wakes those that wait; one that comes between a check and the wait is lost.
//!
//! Two tasks wait for a flag, which a third sets. Tokio's `notify_waiters` stores nothing: a task
//! that has found the flag unset, and makes its `notified()` only then, sleeps for ever
//! ([`checks_first`]). `notify_one` stores a permit, but a second one is not added to it
//! ([`one_permit`]). So a task first makes itself known, and then checks: for `notify_waiters` a
//! future counts from its creation ([`created_first`]), for `notify_one` from its first poll, or
//! its `enable` ([`enabled`]). A `watch` channel does that by itself ([`watched`]).
//!
//! It is a condition variable's lost wake-up, without the mutex that makes check and wait one step.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;

use tokio::sync::{Barrier, Notify, watch};
use tracing::info;

use super::runtime::{spawn, yield_now};
use crate::lane::{self, at, wait};

/// What happens between a check and the wait, in which, on several threads, anything may.
#[derive(Clone)]
pub struct Window(Option<Rc<Barrier>>);

impl Window {
    /// Returns the window widened: both tasks have checked the flag before it is set, and neither
    /// waits before it is.
    pub fn wide() -> Self {
        Self(Some(Rc::new(Barrier::new(3))))
    }

    /// Returns one that leaves it to the schedule: for the model checker.
    pub fn of_the_schedule() -> Self {
        Self(None)
    }

    async fn arrive(&self) {
        if let Some(barrier) = &self.0 {
            barrier.wait().await;
        }
    }

    /// Lets the third task run.
    async fn pass(&self) {
        self.arrive().await;
        yield_now().await;
        self.arrive().await;
    }
}

/// A flag, and what tells that it was set.
#[derive(Default)]
struct Flag {
    is_set: Cell<bool>,
    changed: Notify,
}

impl Flag {
    fn is_set(&self) -> bool {
        let is_set = self.is_set.get();
        info!("finds the flag {}", if is_set { "set" } else { "unset" });
        is_set
    }
}

/// Lets two tasks wait, and a third set what they wait for; returns how many have come to their
/// ends.
async fn two_wait<S: 'static, F: Future<Output = ()> + 'static>(
    window: Window,
    shared: Rc<S>,
    waits: impl Fn(Rc<S>, Window) -> F,
    sets: impl FnOnce(&S) + 'static,
) -> usize {
    let tasks =
        ["t1", "t2"].map(|name| spawn(lane::task(name, waits(Rc::clone(&shared), window.clone()))));
    let setter = spawn(lane::task("t3", async move {
        window.arrive().await;
        info!("sets the flag, and notifies");
        sets(&shared);
        window.arrive().await;
    }));
    let mut ended = 0;
    for task in tasks {
        ended += usize::from(at(task).await.is_ok());
    }
    at(setter).await.expect("it does not panic");
    ended
}

/// Sets the flag, and notifies all that wait.
fn set_for_all(flag: &Flag) {
    flag.is_set.set(true);
    flag.changed.notify_waiters();
}

/// Sets the flag, and notifies one task, and one more.
fn set_for_one_and_one(flag: &Flag) {
    flag.is_set.set(true);
    flag.changed.notify_one();
    flag.changed.notify_one();
}

/// Checks the flag, and only then begins to wait.
async fn check_and_wait(flag: Rc<Flag>, window: Window) {
    while !flag.is_set() {
        window.pass().await;
        wait("a notification", flag.changed.notified()).await;
    }
}

/// Notifies all that wait, when none does yet.
pub async fn checks_first(window: Window) -> usize {
    two_wait(window, Rc::default(), check_and_wait, set_for_all).await
}

/// Notifies two tasks one by one, when neither waits yet: a single permit is stored.
pub async fn one_permit(window: Window) -> usize {
    two_wait(window, Rc::default(), check_and_wait, set_for_one_and_one).await
}

/// Makes the future that waits, and then checks.
pub async fn created_first(window: Window) -> usize {
    let waits = async |flag: Rc<Flag>, window: Window| loop {
        let notified = flag.changed.notified();
        if flag.is_set() {
            break;
        }
        window.pass().await;
        wait("a notification", notified).await;
    };
    two_wait(window, Rc::default(), waits, set_for_all).await
}

/// Makes the future that waits, puts it into the queue without a poll, and then checks.
pub async fn enabled(window: Window) -> usize {
    let waits = async |flag: Rc<Flag>, window: Window| loop {
        let mut notified = pin!(flag.changed.notified());
        notified.as_mut().enable();
        if flag.is_set() {
            break;
        }
        window.pass().await;
        wait("a notification", notified).await;
    };
    two_wait(window, Rc::default(), waits, set_for_one_and_one).await
}

/// Keeps the flag in a channel, whose receiver knows which value it has seen.
pub async fn watched(window: Window) -> usize {
    let waits = async |flag: Rc<watch::Sender<bool>>, window: Window| {
        let mut flag = flag.subscribe();
        while !*flag.borrow_and_update() {
            window.pass().await;
            let _ = wait("change", flag.changed()).await;
        }
    };
    let sets = |flag: &watch::Sender<bool>| {
        flag.send_replace(true);
    };
    two_wait(window, Rc::new(watch::Sender::new(false)), waits, sets).await
}
