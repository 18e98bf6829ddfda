use std::thread;

fn main() {
    let list = vec![1, 2, 3];
    let sum = thread::scope(|scope| scope.spawn(|| list.iter().sum::<i32>()).join().unwrap());
    assert_eq!(sum, 6);
}
