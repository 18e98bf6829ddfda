use std::thread;

fn main() {
    let mut count = 0;
    let exclusive = &mut count;
    thread::scope(|scope| {
        scope.spawn(move || *exclusive += 1);
    });
    assert_eq!(count, 1);
}
