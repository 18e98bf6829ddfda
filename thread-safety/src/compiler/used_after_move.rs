use std::thread;

fn main() {
    let list = vec![1, 2, 3];
    let adds_up = thread::spawn(move || list.iter().sum::<i32>());
    assert_eq!(list.len(), 3);
    assert_eq!(adds_up.join().unwrap(), 6);
}
