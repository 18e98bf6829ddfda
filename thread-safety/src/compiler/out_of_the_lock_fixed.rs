use std::sync::Mutex;

fn main() {
    let list = Mutex::new(vec![1, 2, 3]);
    let first = {
        let guard = list.lock().unwrap();
        guard[0]
    };
    list.lock().unwrap().clear();
    assert_eq!(first, 1);
}
