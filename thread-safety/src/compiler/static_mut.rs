use std::thread;

static mut COUNT: i32 = 0;

fn main() {
    let adds = || COUNT += 1;
    thread::scope(|scope| {
        scope.spawn(adds);
        scope.spawn(adds);
    });
}
