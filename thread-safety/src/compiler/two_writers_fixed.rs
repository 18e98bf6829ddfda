use std::thread;

fn main() {
    let mut list = [0; 4];
    let (front, back) = list.split_at_mut(2);
    thread::scope(|scope| {
        scope.spawn(|| front[0] = 1);
        scope.spawn(|| back[1] = 2);
    });
    assert_eq!(list, [1, 0, 0, 2]);
}
