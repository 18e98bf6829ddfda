//! One thread waits until another says so; and who is told if nobody waits yet?
//!
//! t2 says it before t1 has come to wait. The forms differ in what is left of that when t1 comes.

use std::time::Duration;

use tracing::{info, info_span};

use super::lane::{crew, member, two};
use super::primitives;
use super::sync::Arc;
use super::sync::atomic::{AtomicU32, Ordering::Relaxed};
use crate::Cues;

pub mod auto_reset;
pub mod manual_reset;
pub mod pulse;

/// What is waited for, and how it is given.
trait Signal: Send + Sync + 'static {
    fn give(&self);
    fn wait(&self);
}

/// Lets t2 give the signal, and t1 wait for it.
///
/// The window is wide with cues: t1 comes when t2 has given it.
fn before_anyone_waits<S: Signal>(signal: S, cues: &Cues, pace: Duration) {
    let (cues1, cues2) = (cues.clone(), cues.clone());
    let waiter = move |signal: &S| {
        cues1.wait(1);
        let _waits = info_span!("waits", what = "signal");
        signal.wait();
    };
    let giver = move |signal: &S| {
        let _runs = info_span!("runs", what = "work");
        std::thread::sleep(pace);
        signal.give();
        info!("gives it");
        cues2.give();
    };
    two(&Arc::new(signal), waiter, giver);
}
