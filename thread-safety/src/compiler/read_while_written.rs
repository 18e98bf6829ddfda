use std::thread;

fn main() {
    let mut list = vec![1];
    thread::scope(|scope| {
        scope.spawn(|| list.push(2));
        assert!(!list.is_empty());
    });
    assert_eq!(list, [1, 2]);
}
