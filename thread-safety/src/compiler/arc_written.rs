use std::{sync::Arc, thread};

fn main() {
    let list = Arc::new(vec![1]);
    let theirs = Arc::clone(&list);
    thread::spawn(move || theirs.push(2)).join().unwrap();
    assert_eq!(*list, [1, 2]);
}
