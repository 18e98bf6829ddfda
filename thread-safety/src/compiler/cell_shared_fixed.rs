use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
use std::thread;

fn main() {
    let count = AtomicI32::new(0);
    thread::scope(|scope| {
        scope.spawn(|| count.fetch_add(1, Relaxed));
        scope.spawn(|| count.fetch_add(1, Relaxed));
    });
    assert_eq!(count.into_inner(), 2);
}
