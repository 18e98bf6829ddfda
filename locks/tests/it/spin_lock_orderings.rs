//! The spin lock's own file, compiled against Loom, which reorders what may be reordered: once as it is, and once more for each
//! ordering that it needs, with a weaker one in its place. A processor of the x86 family cannot show the difference:
//! its stores stay in order, and its exchange is a full fence.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Compiles the lock's file in a module, under orderings that go by the names given.
macro_rules! loomed {
    ($module:ident: $($ordering:ident as $name:ident),*) => {
        #[path = ""]
        mod $module {
            use loom::{cell, hint, thread};
            mod sync {
                pub(super) mod atomic {
                    pub(in super::super) use loom::sync::atomic::AtomicBool;
                    #[allow(non_snake_case, reason = "it stands for the enum")]
                    pub(in super::super) mod Ordering {
                        $(pub(in super::super::super) use loom::sync::atomic::Ordering::$ordering as $name;)*
                    }
                }
            }
            const MOST_PAUSES: u32 = 0;

            #[path = "../../src/primitives/back_off.rs"]
            #[allow(dead_code, unreachable_pub, reason = "it is public in the library")]
            mod back_off;
            #[path = "../../src/primitives/spin.rs"]
            #[allow(dead_code, unreachable_pub, reason = "the tests below use a part of it")]
            pub(super) mod spin_lock;
        }
    };
}

loomed!(as_it_is: Acquire as Acquire, Relaxed as Relaxed, Release as Release);
loomed!(relaxed_release: Acquire as Acquire, Relaxed as Relaxed, Relaxed as Release);
loomed!(relaxed_acquire: Relaxed as Acquire, Relaxed as Relaxed, Release as Release);

/// Two threads add 1 to a plain value, each under the lock.
macro_rules! two_add {
    ($module:ident) => {
        || {
            let lock = loom::sync::Arc::new($module::spin_lock::SpinLock::new(0));
            let lock2 = loom::sync::Arc::clone(&lock);
            let other = loom::thread::spawn(move || *lock2.lock() += 1);
            *lock.lock() += 1;
            other.join().expect("it does not panic");
            assert_eq!(*lock.lock(), 2);
        }
    };
}

/// Says how a model fails under Loom.
fn fails(model: impl Fn() + Send + Sync + 'static) -> String {
    let ended = catch_unwind(AssertUnwindSafe(|| loom::model(model)));
    let payload = ended.expect_err("Loom must find a schedule in which it fails");
    payload.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn loom_finds_no_schedule_in_which_two_are_inside_or_a_write_is_not_seen() {
    loom::model(two_add!(as_it_is));
}

#[test]
fn loom_finds_no_schedule_in_which_try_lock_lets_a_second_in() {
    loom::model(|| {
        let lock = loom::sync::Arc::new(as_it_is::spin_lock::SpinLock::new(0));
        let add = |lock: &as_it_is::spin_lock::SpinLock<u32>| lock.try_lock().map(|mut value| *value += 1);
        let lock2 = loom::sync::Arc::clone(&lock);
        let other = loom::thread::spawn(move || add(&lock2));
        let mine = add(&lock);
        let theirs = other.join().expect("it does not panic");
        let entered = [mine, theirs].iter().flatten().count();
        assert!(entered > 0, "the first to try is let in");
        assert_eq!(*lock.lock(), u32::try_from(entered).unwrap_or(0));
    });
}

#[test]
fn given_back_with_relaxed_the_write_before_may_not_be_seen_and_loom_says_so() {
    let why = fails(two_add!(relaxed_release));
    assert!(why.contains("Causality violation"), "{why}");
}

#[test]
fn taken_with_relaxed_the_write_before_may_not_be_seen_and_loom_says_so() {
    let why = fails(two_add!(relaxed_acquire));
    assert!(why.contains("Causality violation"), "{why}");
}
