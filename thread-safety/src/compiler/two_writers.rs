use std::thread;

fn main() {
    let mut list = [0; 4];
    thread::scope(|scope| {
        scope.spawn(|| list[0] = 1);
        scope.spawn(|| list[3] = 2);
    });
    assert_eq!(list, [1, 0, 0, 2]);
}
