//! A word on which threads park: the kernel's, and the one made of a condition variable, for other
//! systems.

/// The file for other systems, compiled here too, so that it is tested where it is not used.
#[path = ""]
mod elsewhere {
    use crate::loomed::const_fn;
    use std::sync;
    #[path = "../../src/word/condvar.rs"]
    #[allow(unreachable_pub, reason = "it is public in the library")]
    pub(super) mod word;
}

macro_rules! contract {
    ($name:ident: $Word:path) => {
        mod $name {
            use std::sync::atomic::Ordering::Relaxed;
            use std::sync::mpsc;

            use $Word as Word;

            checks::within_a_minute! {
                #[test]
                fn a_thread_that_sleeps_is_woken_by_one_that_changes_the_word() {
                    let (word, (asks, asked)) = (Word::new(0), mpsc::channel());
                    std::thread::scope(|scope| {
                        for _ in 0..3 {
                            let (asks, word) = (asks.clone(), &word);
                            scope.spawn(move || {
                                asks.send(()).expect("the test waits for it");
                                while word.load(Relaxed) == 0 {
                                    word.wait(0);
                                }
                            });
                        }
                        (0..3).for_each(|_| asked.recv().expect("each sends once"));
                        word.store(1, Relaxed);
                        word.wake_all();
                    });
                }

                #[test]
                fn a_word_that_has_changed_already_is_not_waited_for() {
                    Word::new(1).wait(0);
                }

                #[test]
                fn one_wake_for_each_sleeper_is_enough() {
                    let (word, left) = (Word::new(0), std::sync::atomic::AtomicU32::new(0));
                    std::thread::scope(|scope| {
                        for _ in 0..3 {
                            scope.spawn(|| {
                                while word.load(Relaxed) == 0 {
                                    word.wait(0);
                                }
                                left.fetch_add(1, Relaxed);
                            });
                        }
                        word.store(1, Relaxed);
                        while left.load(Relaxed) < 3 {
                            word.wake_one();
                            std::thread::yield_now();
                        }
                    });
                }
            }
        }
    };
}

contract!(in_the_kernel: locks::real::word::Word);
contract!(out_of_a_condition_variable: super::elsewhere::word::Word);
