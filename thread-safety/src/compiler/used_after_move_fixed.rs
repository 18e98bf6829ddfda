use std::{sync::Arc, thread};

fn main() {
    let list = Arc::new(vec![1, 2, 3]);
    let theirs = Arc::clone(&list);
    let adds_up = thread::spawn(move || theirs.iter().sum::<i32>());
    assert_eq!(list.len(), 3);
    assert_eq!(adds_up.join().unwrap(), 6);
}
