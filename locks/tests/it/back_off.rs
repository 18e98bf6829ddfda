//! The back-off's own file, compiled once more: on hints and threads that count.

#[path = ""]
mod counted {
    pub(super) mod hint {
        thread_local!(pub(in super::super) static PAUSES: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });
        pub(in super::super) fn spin_loop() {
            PAUSES.set(PAUSES.get() + 1);
        }
    }
    pub(super) mod thread {
        thread_local!(pub(in super::super) static GAVE_WAY: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });
        pub(in super::super) fn yield_now() {
            GAVE_WAY.set(GAVE_WAY.get() + 1);
        }
    }
    const MOST_PAUSES: u32 = 512;

    #[path = "../../src/primitives/back_off.rs"]
    #[allow(unreachable_pub, reason = "it is public in the library")]
    pub(super) mod back_off;
}

#[test]
fn each_pause_is_twice_as_long_as_the_one_before_and_after_the_longest_it_gives_way() {
    let mut back_off = counted::back_off::BackOff::default();
    let pauses = [(); 12].map(|()| {
        back_off.pause();
        (counted::hint::PAUSES.take(), counted::thread::GAVE_WAY.take())
    });
    let doubled = (0..10).map(|power| (1 << power, 0));
    let then_gives_way = [(0, 1), (0, 1)];
    assert_eq!(pauses.to_vec(), doubled.chain(then_gives_way).collect::<Vec<_>>());
}
