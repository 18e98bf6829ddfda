//! The events and the latch on real threads.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc;
use std::thread::scope;

use locks::real::from_condvar;
use locks::real::primitives::event::{AutoEvent, Event};
use locks::real::primitives::latch::Latch;

checks::within_a_minute! {
    #[test]
    fn a_manual_reset_event_lets_all_go_until_it_is_cleared() {
        let event = Event::new();
        scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| event.wait());
            }
            event.set();
        });
        event.wait();
        assert!(event.is_set());
        event.clear();
        assert!(!event.is_set());
    }

    #[test]
    fn a_thread_that_waits_when_an_event_is_set_and_cleared_goes_on() {
        // Set and cleared again and again, until the thread that waits has gone on: it does not
        // have to see the event set.
        for _ in 0..20 {
            let (event, (goes, gone)) = (Event::new(), mpsc::channel());
            scope(|scope| {
                scope.spawn(|| {
                    event.wait();
                    goes.send(()).expect("the test waits for it");
                });
                while gone.try_recv().is_err() {
                    event.set();
                    event.clear();
                    std::thread::yield_now();
                }
            });
        }
    }

    #[test]
    fn an_auto_reset_event_lets_one_go_however_often_it_was_set() {
        let (event, set_again) = (AutoEvent::new(), AtomicBool::new(false));
        event.set();
        event.set();
        event.wait();
        scope(|scope| {
            scope.spawn(|| {
                event.wait();
                assert!(set_again.load(Relaxed), "the second signal was counted");
            });
            std::thread::yield_now();
            set_again.store(true, Relaxed);
            event.set();
        });
    }

    #[test]
    fn a_latch_opens_with_the_last_count_down_and_stays_open() {
        macro_rules! check {
            ($Latch:ty) => {
                let latch = <$Latch>::new(3);
                scope(|scope| {
                    for _ in 0..2 {
                        scope.spawn(|| latch.wait());
                    }
                    (0..2).for_each(|_| latch.count_down());
                    assert!(!latch.is_open());
                    latch.count_down();
                });
                latch.count_down();
                assert!(latch.is_open());
                latch.wait();
                assert!(<$Latch>::new(0).is_open());
            };
        }
        check!(Latch);
        check!(from_condvar::Latch);
    }
}
