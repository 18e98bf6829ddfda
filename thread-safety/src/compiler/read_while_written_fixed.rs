use std::{sync::RwLock, thread};

fn main() {
    let list = RwLock::new(vec![1]);
    thread::scope(|scope| {
        scope.spawn(|| list.write().unwrap().push(2));
        assert!(!list.read().unwrap().is_empty());
    });
    assert_eq!(list.into_inner().unwrap(), [1, 2]);
}
