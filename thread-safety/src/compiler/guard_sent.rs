use std::sync::Mutex;
use std::thread;

fn main() {
    let count = Mutex::new(0);
    thread::scope(|scope| {
        let mut guard = count.lock().unwrap();
        scope.spawn(move || *guard += 1);
    });
    assert_eq!(count.into_inner().unwrap(), 1);
}
