//! Our once cell, as a primitive: what it holds, and when that is dropped.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;

use singleton::real::once_cell::OnceCell;

#[test]
fn its_value_is_dropped_with_it_and_once() {
    let value = Arc::new(());
    let cell = OnceCell::new();
    cell.get_or_init(|| Arc::clone(&value));
    assert_eq!(Arc::strong_count(&value), 2);
    drop(cell);
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn an_empty_one_drops_nothing() {
    struct Loud;
    impl Drop for Loud {
        fn drop(&mut self) {
            panic!("there was nothing to drop");
        }
    }
    drop(OnceCell::<Loud>::new());
}

#[test]
fn a_value_that_borrows_is_held_as_well() {
    let text = "config".to_owned();
    let cell = OnceCell::new();
    assert_eq!(*cell.get_or_init(|| text.as_str()), "config");
}

checks::within_a_minute! {
    #[test]
    fn it_may_be_asked_again_after_its_initialiser_has_asked_for_itself() {
        let cell = OnceCell::new();
        let ended = catch_unwind(AssertUnwindSafe(|| cell.get_or_init(|| *cell.get_or_init(|| 1))));
        let said = *ended.expect_err("it says no").downcast::<&str>().expect("with a message");
        assert!(said.contains("asks for the value"), "{said}");
        assert_eq!(*cell.get_or_init(|| 2), 2);
    }

    #[test]
    fn a_thread_that_waits_is_woken_when_it_is_full() {
        let (cell, begun) = (OnceCell::new(), Barrier::new(2));
        let (go_on, may_go_on) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let (cell, begun) = (&cell, &begun);
            let build = move || {
                begun.wait();
                may_go_on.recv().expect("it is told");
                1
            };
            scope.spawn(move || cell.get_or_init(build));
            begun.wait();
            for name in ["waits-1", "waits-2", "waits-3"] {
                let ask = move || *cell.get_or_init(|| unreachable!("it is being built"));
                let thread = thread::Builder::new().name(name.to_owned());
                thread.spawn_scoped(scope, move || assert_eq!(ask(), 1)).expect("there is room");
                wait_until_it_sleeps(name);
            }
            assert_eq!(cell.get(), None, "it is not visible before it is there");
            go_on.send(()).expect("it is waited for");
        });
        assert_eq!(cell.get(), Some(&1));
    }

    #[test]
    fn one_that_waits_takes_over_when_the_initialiser_panics() {
        for _ in 0..100 {
            let (cell, begun) = (OnceCell::new(), Barrier::new(2));
            thread::scope(|scope| {
                let first = scope.spawn(|| {
                    let build = || {
                        begun.wait();
                        std::panic::resume_unwind(Box::new("no such file"))
                    };
                    catch_unwind(AssertUnwindSafe(|| *cell.get_or_init(build)))
                });
                begun.wait();
                assert_eq!(*cell.get_or_init(|| 2), 2);
                assert!(first.join().expect("it catches its panic").is_err());
            });
        }
    }
}

/// Waits until the thread of that name is asleep in the kernel's futex; does not, where the system
/// does not show it.
fn wait_until_it_sleeps(name: &str) {
    let group = rustix::process::getpgrp().as_raw_nonzero().get().cast_unsigned();
    while let Some(threads) = stage::threads(group) {
        let sleeps =
            |thread: &stage::Thread| thread.asleep && thread.call.as_deref() == Some("futex");
        if threads.iter().any(|thread| thread.name == name && sleeps(thread)) {
            return;
        }
        thread::yield_now();
    }
}
