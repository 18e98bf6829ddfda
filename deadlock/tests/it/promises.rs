//! What every type that is made by hand in this crate promises, one promise after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use checks::while_thread_locals_are_destroyed;
use deadlock::ordered_mutex::{OrderGraph, OrderedGuard, OrderedMutex};
use deadlock::real::checked_mutex::{CheckedGuard, CheckedMutex, WaitGraph};
use kit::real::lane::{Held, acquire, lock};
use kit::sync_point::SyncPoint;

/// Fails to compile if a type implements a trait.
macro_rules! never {
    ($($type:ty: $trait:ident),* $(,)?) => {$(
        const _: fn() = || {
            trait OneOrTwo<Which> {
                fn named() {}
            }
            impl<T: ?Sized> OneOrTwo<()> for T {}
            struct Two;
            impl<T: ?Sized + $trait> OneOrTwo<Two> for T {}
            let _ = <$type as OneOrTwo<_>>::named;
        };
    )*};
}

type NotSend = std::sync::MutexGuard<'static, ()>;
type NotSync = std::cell::Cell<u8>;

// As std's: a mutex lends what it guards to one thread at a time, so the value has to be `Send`,
// and need not be `Sync`. A guard stays on its thread, and lends what `&T` lends.
never! {
    CheckedMutex<NotSend>: Send, CheckedMutex<NotSend>: Sync,
    OrderedMutex<NotSend>: Send, OrderedMutex<NotSend>: Sync,
    CheckedGuard<'static, u8>: Send, CheckedGuard<'static, NotSync>: Sync,
    OrderedGuard<'static, u8>: Send, OrderedGuard<'static, NotSync>: Sync,
    Held<'static, u8>: Send, Held<'static, NotSync>: Sync,
}

#[test]
fn what_may_be_shared_among_threads_is_shared() {
    fn send_and_sync<T: Send + Sync>() {}
    fn sync<T: Sync>() {}
    send_and_sync::<CheckedMutex<NotSync>>();
    send_and_sync::<OrderedMutex<NotSync>>();
    send_and_sync::<(WaitGraph, OrderGraph, SyncPoint)>();
    sync::<(CheckedGuard<'static, u8>, OrderedGuard<'static, u8>, Held<'static, u8>)>();
}

/// A value that asks for the lock that it lies in when it is printed.
#[derive(Default)]
struct AsksForItsLock(std::sync::OnceLock<Box<dyn Fn() -> bool + Send + Sync>>);

impl std::fmt::Debug for AsksForItsLock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let is_refused = self.0.get().expect("it lies in a lock");
        write!(f, "refused: {}", is_refused())
    }
}

checks::within_a_minute! {
    #[test]
    fn debug_prints_no_value_that_a_lock_guards_and_never_waits_for_it() {
        let (checked, ordered) =
            (WaitGraph::default().mutex("A", 42), OrderGraph::default().mutex("A", 42));
        let held = (checked.lock().expect("it is free"), ordered.lock().expect("it is free"));
        for printed in [format!("{checked:?}"), format!("{ordered:?}")] {
            assert!(printed.contains("<locked>") && !printed.contains("42"), "{printed}");
        }
        for guard in [format!("{:?}", held.0), format!("{:?}", held.1)] {
            assert!(guard.contains("42"), "the holder may read it: {guard}");
        }
        drop(held);
        for printed in [format!("{checked:?}"), format!("{ordered:?}")] {
            assert!(printed.contains("42"), "{printed}");
        }
    }

    #[test]
    fn a_value_that_asks_for_its_own_lock_while_it_is_printed_is_refused_and_does_not_hang() {
        let checked = Arc::new(WaitGraph::default().mutex("A", AsksForItsLock::default()));
        let ordered = Arc::new(OrderGraph::default().mutex("A", AsksForItsLock::default()));
        macro_rules! check {
            ($($lock:ident),*) => {$(
                let weak = Arc::downgrade(&$lock);
                let is_refused = move || weak.upgrade().is_some_and(|lock| lock.lock().is_err());
                let set = $lock.lock().map(|asks| asks.0.set(Box::new(is_refused)).is_ok());
                assert!(set.expect("it is free"));
                assert!(format!("{:?}", $lock).contains("refused: true"), "{:?}", $lock);
            )*};
        }
        check!(checked, ordered);
    }

    #[test]
    fn every_lock_can_be_used_while_thread_locals_are_destroyed() {
        let use_all = || {
            let checked = Arc::new(WaitGraph::default().mutex("A", 0));
            let held = checked.lock().expect("it is free");
            assert!(checked.lock().is_err(), "it is held by this thread");
            drop(held);
            // One that has to wait notes its thread's name as well.
            let (held, checked2) = (checked.lock().expect("it is free"), Arc::clone(&checked));
            let waits = std::thread::spawn(move || {
                while_thread_locals_are_destroyed(|| (), move || checked2.lock().map(drop))
            });
            drop(held);
            waits.join().expect("it does not panic").expect("nor does this").expect("no cycle");

            let orders = OrderGraph::default();
            let (a, b) = (orders.mutex("A", 0), orders.mutex("B", 0));
            let _held = (a.lock().expect("A first"), b.lock().expect("then B"));

            let plain = std::sync::Mutex::new(0);
            drop(acquire("A", &plain));
            SyncPoint::for_a_moment(1).meet();
        };
        while_thread_locals_are_destroyed(use_all, use_all).expect("it does not panic");
    }

    #[test]
    fn a_panic_with_a_lock_held_leaves_it_free_and_nothing_noted() {
        let (checked, orders) = (WaitGraph::default().mutex("A", 1), OrderGraph::default());
        let (a, b) = (orders.mutex("A", 1), orders.mutex("B", 1));
        let plain = std::sync::Mutex::new(1);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _held = (checked.lock(), b.lock(), acquire("A", &plain));
            std::panic::resume_unwind(Box::new("with all three"));
        }));
        assert!(panicked.is_err());
        for printed in [format!("{checked:?}"), format!("{b:?}")] {
            assert!(printed.contains("value: 1"), "{printed}");
        }
        assert_eq!(checked.lock().map(|value| *value), Ok(1));
        // B is not held any more: no order between B and A is noted, or refused.
        drop(a.lock().map(|_a| b.lock().map(drop)).expect("nothing is held"));
        assert_eq!((a.lock().map(|value| *value), *lock(&plain)), (Ok(1), 1));
    }
}
