//! One contract for all barriers: ours and the standard library's.

macro_rules! contract {
    ($name:ident: $Barrier:ty, $is_leader:expr) => {
        mod $name {
            use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
            use std::thread::scope;

            type Under = $Barrier;

            checks::within_a_minute! {
                #[test]
                fn no_thread_leaves_a_round_before_all_have_arrived_and_one_leads_it() {
                    const ROUNDS: u32 = 100;
                    let (barrier, at) = (Under::new(3), [0; 3].map(AtomicU32::new));
                    let led: u32 = scope(|scope| {
                        let threads = [0, 1, 2].map(|me: usize| {
                            let (barrier, at) = (&barrier, &at);
                            scope.spawn(move || (1..=ROUNDS).fold(0, |led, round| {
                                at[me].store(round, Relaxed);
                                let leads: bool = $is_leader(barrier.wait());
                                assert!(at.iter().all(|at| at.load(Relaxed) >= round));
                                led + u32::from(leads)
                            }))
                        });
                        threads.map(|thread| thread.join().expect("it does not panic")).iter().sum()
                    });
                    assert_eq!(led, ROUNDS);
                }

                #[test]
                fn more_threads_than_it_is_for_go_on_in_groups() {
                    // Six arrive, two at a time, whichever: each goes on, and three of them lead.
                    let barrier = Under::new(2);
                    let led = scope(|scope| {
                        let threads = [(); 6].map(|()| scope.spawn(|| $is_leader(barrier.wait())));
                        let led = threads.map(|thread| thread.join().expect("it does not panic"));
                        led.iter().filter(|led| **led).count()
                    });
                    assert_eq!(led, 3);
                }

                #[test]
                fn a_single_thread_does_not_wait() {
                    for threads in [0, 1] {
                        let barrier = Under::new(threads);
                        assert!($is_leader(barrier.wait()) && $is_leader(barrier.wait()));
                    }
                }
            }
        }
    };
}

contract!(ours: locks::real::primitives::barrier::Barrier, |led: bool| led);
contract!(the_standard_library_s: std::sync::Barrier, |led: std::sync::BarrierWaitResult| led
    .is_leader());

#[test]
fn a_barrier_or_latch_of_more_than_it_can_count_is_refused() {
    use locks::real::primitives::{barrier::Barrier, latch::Latch};
    let made = |threads| std::panic::catch_unwind(|| Barrier::new(threads)).is_ok();
    assert_eq!((made(32_767), made(32_768)), (true, false));
    assert!(std::panic::catch_unwind(|| Latch::new(1 << 31)).is_err());
}

checks::within_a_minute! {
    #[test]
    fn rounds_go_on_when_their_number_wraps() {
        let barrier = locks::real::primitives::barrier::Barrier::new(1);
        assert!((0..70_000).all(|_| barrier.wait()));
    }
}
