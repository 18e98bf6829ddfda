use std::thread;

fn main() {
    let mut count = 0;
    let pointer = &raw mut count;
    thread::spawn(move || println!("{:?}", pointer)).join().unwrap();
}
