//! When the futex mutex makes a system call: its own file, compiled on a word that counts the calls
//! and sleeps for no time at all.

#[path = ""]
mod counted {
    use std::{hint, sync, thread};

    pub(super) mod word {
        use std::ops::Deref;
        use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

        #[derive(Debug, Default)]
        pub(in super::super) struct Word {
            value: AtomicU32,
            pub(in super::super) waits: AtomicU32,
            pub(in super::super) wakes: AtomicU32,
        }

        impl Word {
            pub(in super::super) fn wait(&self, _: u32) {
                self.waits.fetch_add(1, Relaxed);
                std::thread::yield_now();
            }

            pub(in super::super) fn wake_one(&self) {
                self.wakes.fetch_add(1, Relaxed);
            }
        }

        impl Deref for Word {
            type Target = AtomicU32;
            fn deref(&self) -> &AtomicU32 {
                &self.value
            }
        }
    }

    /// None: a thread that finds the lock taken sleeps.
    const MOST_PAUSES: u32 = 0;

    #[path = "../../src/primitives/back_off.rs"]
    #[allow(dead_code, unreachable_pub, reason = "it is public in the library")]
    mod back_off;
    #[path = "../../src/primitives/futex_mutex.rs"]
    #[allow(dead_code, unreachable_pub, reason = "it is public in the library")]
    mod futex_mutex;

    pub(super) fn free() -> futex_mutex::RawFutexMutex {
        futex_mutex::RawFutexMutex { word: word::Word::default() }
    }

    /// Returns the number of system calls of the lock, to sleep and to wake.
    pub(super) fn calls(lock: &futex_mutex::RawFutexMutex) -> (u32, u32) {
        use sync::atomic::Ordering::Relaxed;
        (lock.word.waits.load(Relaxed), lock.word.wakes.load(Relaxed))
    }

    #[allow(unsafe_code, reason = "each test releases what it has acquired")]
    pub(super) fn release(lock: &futex_mutex::RawFutexMutex) {
        // SAFETY: the lock must be held. Each test acquires it before, and calls this once for
        // that.
        unsafe { lock.unlock() }
    }
}

use counted::{calls, free, release};

#[test]
fn a_lock_that_no_thread_waits_for_makes_no_system_call() {
    let lock = free();
    for _ in 0..100 {
        lock.lock();
        assert!(!lock.try_lock());
        release(&lock);
        assert!(lock.try_lock());
        release(&lock);
    }
    assert_eq!(calls(&lock), (0, 0));
}

checks::within_a_minute! {
    #[test]
    fn a_release_wakes_one_and_a_thread_that_has_slept_makes_one_call_in_vain() {
        let lock = free();
        lock.lock();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                lock.lock();
                release(&lock);
            });
            while calls(&lock).0 == 0 {
                std::thread::yield_now();
            }
            assert_eq!(calls(&lock).1, 0);
            release(&lock);
        });
        assert_eq!(calls(&lock).1, 2);
        // And that is the end of it: the word is as new.
        lock.lock();
        release(&lock);
        assert_eq!(calls(&lock).1, 2);
    }
}
