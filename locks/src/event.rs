//! One thread waits until another signals; what becomes of a signal if nobody waits yet?
//!
//! t2 signals before t1 has come to wait. The variants differ in what is left of the signal when t1
//! comes.

use std::time::Duration;

use kit::sync_point::SyncPoint;
use tracing::{info, info_span};

use super::lane::{run_all, task, two};
use super::primitives::event::{AutoEvent, Event};
use super::sync::Arc;
use super::sync::atomic::{AtomicU32, Ordering::Relaxed};
use super::sync_point;

/// Lets t2 give a signal, and t1 wait for it.
///
/// The window is widened: t1 comes when t2 has given it.
fn before_anyone_waits<S>(signal: S, give: fn(&S), wait: fn(&S), pace: Duration)
where
    S: Send + Sync + 'static,
{
    let waiter = move |(signal, given): &(S, SyncPoint)| {
        given.wait_for(1);
        let _waits = info_span!("waits", what = "a signal");
        wait(signal);
    };
    let giver = move |(signal, given): &(S, SyncPoint)| {
        let _runs = info_span!("runs", what = "work");
        std::thread::sleep(pace);
        give(signal);
        info!("signals");
        given.arrive();
    };
    two(&Arc::new((signal, sync_point())), waiter, giver);
}

/// Sets and clears the event at once, which lets those threads go on that wait now. A thread that
/// comes a moment later waits for the next time.
///
/// # Blocking
/// For ever, if t1 came too late.
pub fn pulse(pace: Duration) {
    let set_and_clear = |event: &Event| {
        event.set();
        event.clear();
    };
    before_anyone_waits(Event::new(), set_and_clear, Event::wait, pace);
}

/// Sets an event that the thread which it lets go clears: it stays set until a thread comes, and
/// lets exactly one go on.
pub fn auto_reset(pace: Duration) {
    before_anyone_waits(AutoEvent::new(), AutoEvent::set, AutoEvent::wait, pace);
}

/// Sets an event that stays set: threads that wait go on, and so do threads that come later. This
/// is Python's `Event`.
pub fn manual_reset(pace: Duration) {
    before_anyone_waits(Event::new(), Event::set, Event::wait, pace);
}

/// Lets three threads wait for an auto-reset event, and sets it once for each, after the one before
/// has gone on; returns the number that had gone on after each.
pub fn one_each() -> Vec<u32> {
    let shared = Arc::new((AutoEvent::new(), AutoEvent::new(), AtomicU32::new(0)));
    type Shared = (AutoEvent, AutoEvent, AtomicU32);
    let waiter = |(go, gone, count): &Shared| {
        go.wait();
        count.fetch_add(1, Relaxed);
        gone.set();
        Vec::new()
    };
    let setter = |(go, gone, count): &Shared| {
        let set = |_| {
            go.set();
            gone.wait();
            count.load(Relaxed)
        };
        (0..3).map(set).collect()
    };
    let waiters = ["t1", "t2", "t3"].map(|name| task(name, waiter));
    run_all(&shared, waiters.into_iter().chain([task("t4", setter)])).pop().unwrap_or_default()
}
