use std::thread;

fn main() {
    let list = vec![1, 2, 3];
    let adds_up = thread::spawn(|| list.iter().sum::<i32>());
    assert_eq!(adds_up.join().unwrap(), 6);
}
