use std::{rc::Rc, thread};

fn main() {
    let names = Rc::new(["t1", "t2"]);
    let theirs = Rc::clone(&names);
    thread::spawn(move || assert_eq!(theirs[0], "t1")).join().unwrap();
    assert_eq!(names[1], "t2");
}
