use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
use std::thread;

static COUNT: AtomicI32 = AtomicI32::new(0);

fn main() {
    let adds = || COUNT.fetch_add(1, Relaxed);
    thread::scope(|scope| {
        scope.spawn(adds);
        scope.spawn(adds);
    });
    assert_eq!(COUNT.load(Relaxed), 2);
}
