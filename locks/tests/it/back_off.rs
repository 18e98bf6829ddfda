//! The back-off's own file, compiled once more: on hints and threads that count.

#[path = ""]
mod counted {
    pub(super) mod hint {
        use std::cell::Cell;
        thread_local!(pub(in super::super) static PAUSES: Cell<u32> = const { Cell::new(0) });
        pub(in super::super) fn spin_loop() {
            PAUSES.set(PAUSES.get() + 1);
        }
    }
    pub(super) mod thread {
        use std::cell::Cell;
        thread_local!(pub(in super::super) static YIELDS: Cell<u32> = const { Cell::new(0) });
        pub(in super::super) fn yield_now() {
            YIELDS.set(YIELDS.get() + 1);
        }
    }
    const MOST_PAUSES: u32 = 128;

    #[path = "../../src/primitives/back_off.rs"]
    #[allow(unreachable_pub, reason = "it is public in the library")]
    pub(super) mod back_off;
}

#[test]
fn each_pause_is_twice_as_long_as_the_one_before_and_after_the_longest_it_yields() {
    let mut back_off = counted::back_off::BackOff::default();
    let pauses = [(); 10].map(|()| {
        back_off.pause();
        (counted::hint::PAUSES.take(), counted::thread::YIELDS.take())
    });
    let doubled = (0..8).map(|power| (1 << power, 0));
    let then_yields = [(0, 1), (0, 1)];
    assert_eq!(pauses.to_vec(), doubled.chain(then_yields).collect::<Vec<_>>());
}

#[test]
fn a_thread_that_parks_is_told_when_the_longest_pause_is_over() {
    let mut looks = 0;
    let was_done = counted::back_off::BackOff::spin_until(|| {
        looks += 1;
        false
    });
    assert_eq!((was_done, looks, counted::hint::PAUSES.take()), (false, 8, 255));
    assert_eq!(counted::thread::YIELDS.take(), 0);
}

#[test]
fn a_pause_in_a_queue_is_as_long_as_the_queue_until_it_yields() {
    let mut back_off = counted::back_off::BackOff::default();
    for _ in 0..32 {
        back_off.in_queue(4);
        assert_eq!((counted::hint::PAUSES.take(), counted::thread::YIELDS.take()), (4, 0));
    }
    back_off.in_queue(4);
    assert_eq!((counted::hint::PAUSES.take(), counted::thread::YIELDS.take()), (0, 1));
}
