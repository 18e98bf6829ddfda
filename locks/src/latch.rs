//! One waits until others have done their work; and how does it know how many there are?

use std::time::Duration;

use tracing::info_span;

use super::lane::{crew, member};
use super::primitives;
use super::sync::atomic::{AtomicU32, Ordering::Relaxed};
use super::sync::{self, Arc};
use crate::Cues;

pub mod counted_first;
pub mod registered_late;

/// What is waited for.
trait Gate: Send + Sync + 'static {
    /// Says that a worker begins.
    fn begin(&self);
    /// Says that a worker is done.
    fn end(&self);
    /// Waits until all are done.
    fn wait(&self);
}

/// Lets threads work, up to three, and one wait for them; returns how many were done when it went
/// on.
///
/// The window is wide with cues: the workers begin when the one has gone on, or, if it does not,
/// after a moment.
fn work<G: Gate>(gate: G, workers: u32, cues: &Cues, moment: Duration, pace: Duration) -> u32 {
    let shared = Arc::new((gate, AtomicU32::new(0)));
    type Shared<G> = (G, AtomicU32);
    let (cues1, cues2) = (cues.clone(), cues.clone());
    let worker = move |(gate, done): &Shared<G>| {
        cues1.wait_for(1, moment);
        gate.begin();
        let _runs = info_span!("runs", what = "work");
        std::thread::sleep(pace);
        done.fetch_add(1, Relaxed);
        gate.end();
        0
    };
    let waiter = move |(gate, done): &Shared<G>| {
        let waits = info_span!("waits", what = "work");
        gate.wait();
        drop(waits);
        let done = done.load(Relaxed);
        cues2.give();
        let _runs = info_span!("runs", what = "goes on");
        std::thread::sleep(pace);
        done
    };
    let names = ["t1", "t2", "t3"].into_iter().zip(0..workers);
    let workers = names.map(|(name, _)| member(name, worker.clone()));
    crew(&shared, workers.chain([member("w", waiter)])).pop().unwrap_or_default()
}
