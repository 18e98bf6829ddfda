use std::{cell::RefCell, sync::Arc, thread};

fn main() {
    let list = Arc::new(RefCell::new(vec![1]));
    let theirs = Arc::clone(&list);
    thread::spawn(move || theirs.borrow_mut().push(2)).join().unwrap();
    assert_eq!(*list.borrow(), [1, 2]);
}
