//! The protocol of a shutdown, for the model checker: two stages as threads, a channel between
//! them, and a thread that tells them to stop.

use super::lane::{finish, start};
use super::sync::atomic::{AtomicBool, Ordering::SeqCst};
use super::sync::{Arc, mpsc::channel};

/// Accepts up to two orders until it is told to stop, and stores them until the channel is closed;
/// if it is `cut_short`, the store is told to stop as well. Returns the number of orders that are
/// lost.
pub fn lost(cut_short: bool) -> u32 {
    let stop = Arc::new(AtomicBool::new(false));
    let [stop1, stop2] = [(); 2].map(|()| Arc::clone(&stop));
    let (order, orders) = channel();
    let accepts = start("accept", move || {
        for number in 0..2 {
            if stop1.load(SeqCst) {
                return number;
            }
            tracing::info!("accepts order {number}");
            order.send(number).expect("the store outlives this end");
        }
        2
    });
    let stores = start("store", move || {
        let mut stored = 0;
        for number in &orders {
            if cut_short && stop2.load(SeqCst) {
                tracing::info!("is dropped with order {number}");
                orders.iter().for_each(drop);
            } else {
                tracing::info!("stores order {number}");
                stored += 1;
            }
        }
        stored
    });
    tracing::info!("tells them to stop");
    stop.store(true, SeqCst);
    finish(accepts) - finish(stores)
}
