use std::{sync::Arc, thread};

fn main() {
    let names = Arc::new(["t1", "t2"]);
    let theirs = Arc::clone(&names);
    thread::spawn(move || assert_eq!(theirs[0], "t1")).join().unwrap();
    assert_eq!(names[1], "t2");
}
