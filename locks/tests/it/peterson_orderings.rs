//! Peterson's algorithm against Loom, which reorders what may be reordered: it convicts Acquire and
//! Release, on any processor.
//!
//! Of the `SeqCst` form Loom cannot be asked: it takes a `SeqCst` load or store for an Acquire or a
//! Release one, and would find the weak form's fault in it. What clears that form is the model
//! checker that knows no other order than `SeqCst` (`peterson.rs`).

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Compiles a form's own file against Loom.
macro_rules! loomed {
    ($module:ident: $path:literal) => {
        #[path = ""]
        mod $module {
            mod sync {
                pub(super) mod atomic {
                    pub(in super::super) use loom::sync::atomic::{
                        AtomicBool, AtomicUsize, Ordering,
                    };
                }
            }
            #[path = $path]
            #[allow(unreachable_pub, reason = "it is public in the library")]
            pub(super) mod form;
        }
    };
}

loomed!(acquire_release: "../../src/peterson/acquire_release.rs");
loomed!(exchange: "../../src/peterson/exchange.rs");

/// Lets two threads try to get in once each; who is inside writes a plain value. Loom notices when
/// two writes could meet, and when one could not see the other.
macro_rules! two_try {
    ($module:ident) => {
        || {
            let game =
                loom::sync::Arc::new(($module::form::Peterson::default(), loom::cell::UnsafeCell::new(0)));
            let body = |me: usize, (lock, value): &($module::form::Peterson, loom::cell::UnsafeCell<u32>)| {
                lock.ask(me);
                if lock.may_enter(me) {
                    value.with_mut(touch);
                }
                lock.leave(me);
            };
            let other = loom::sync::Arc::clone(&game);
            let other = loom::thread::spawn(move || body(1, &other));
            body(0, &game);
            other.join().expect("it does not panic");
        }
    };
}

/// Does with the value what its holder would. Loom looks at the access; that there is nothing to
/// write spares the `unsafe`.
fn touch(_value: *mut u32) {}

#[test]
fn with_acquire_and_release_loom_lets_both_in() {
    let ended = catch_unwind(AssertUnwindSafe(|| loom::model(two_try!(acquire_release))));
    let payload = ended.expect_err("Loom must find an execution in which both are inside");
    let why = payload.downcast_ref::<String>().cloned().unwrap_or_default();
    assert!(why.contains("Causality violation"), "{why}");
}

#[test]
fn with_an_exchange_of_the_turn_loom_lets_one_in_at_a_time_and_it_sees_what_the_last_one_wrote() {
    loom::model(two_try!(exchange));
}
