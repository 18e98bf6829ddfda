use std::sync::{Arc, Mutex};
use std::thread;

fn main() {
    let list = Arc::new(Mutex::new(vec![1]));
    let theirs = Arc::clone(&list);
    thread::spawn(move || theirs.lock().unwrap().push(2)).join().unwrap();
    assert_eq!(*list.lock().unwrap(), [1, 2]);
}
