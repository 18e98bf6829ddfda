//! What a worker's main thread, its listener and the pool's watchdog do by turns with the status
//! word and the answers: their own files, compiled against Loom's types, which reorder what may be
//! reordered; and once more with an ordering weakened.

use std::panic::catch_unwind;

use loom::sync::atomic::AtomicU64;
use loom::sync::{Arc, Mutex};
use loom::thread;

/// Compiles the files in a module, under orderings that go by the names given.
macro_rules! loomed {
    ($module:ident: $($ordering:ident as $name:ident),*) => {
        #[path = ""]
        #[allow(dead_code, unreachable_pub, reason = "the tests below use a part of it")]
        mod $module {
            mod sync {
                pub(super) mod atomic {
                    pub(in super::super) use loom::sync::atomic::AtomicU64;
                    #[allow(non_snake_case, reason = "it stands for the enum")]
                    pub(in super::super) mod Ordering {
                        $(
                            pub(in super::super::super) use loom::sync::atomic::Ordering::$ordering as $name;
                        )*
                    }
                }
            }
            mod channel {
                pub(super) const HEAD: usize = 8;
            }
            mod protocol {
                pub(super) fn append(to: &mut Vec<u8>, bytes: &[u8]) {
                    to.extend(bytes);
                }
            }
            #[path = "../../src/pool/answers.rs"]
            mod answers;
            #[path = "../../src/pool/status_word.rs"]
            pub(super) mod status_word;

            use super::*;
            use answers::{Answers, Log, Mark, Message, Said};
            use status_word::StatusWord;

            /// What the threads of a worker share, and the messages that it has sent.
            pub(super) struct Worker {
                pub(super) status_word: StatusWord<Box<AtomicU64>>,
                log: Log,
                sent: Mutex<(Mark, Vec<Vec<u8>>)>,
            }

            impl Worker {
                pub(super) fn new() -> Arc<Self> {
                    let status_word = StatusWord::at(Box::new(AtomicU64::new(0)));
                    status_word.begin(1);
                    Arc::new(Self { status_word, log: Log::new(4), sent: Mutex::new((0, Vec::new())) })
                }

                /// Runs the tasks 1 to `last`; returns the number of the last one that was answered.
                pub(super) fn run(&self, last: u64) -> u64 {
                    for number in 1..=last {
                        let mark = self.log.write(&Said::Short(number << 8 | 1)).expect("room");
                        if number < last && self.status_word.go_on(number) {
                            self.log.set(mark);
                            continue;
                        }
                        let Some(_) = self.status_word.finish(number) else { return number - 1 };
                        self.log.set(mark);
                        self.send();
                        return number;
                    }
                    last
                }

                pub(super) fn send(&self) {
                    let mut sent = self.sent.lock().expect("no thread panics with it");
                    let mut message = Message::new(std::time::Duration::ZERO, None);
                    sent.0 = message.append(&self.log, sent.0);
                    sent.1.push(message.into_bytes());
                }

                /// Returns the results that were sent, in order.
                pub(super) fn results(&self) -> Vec<u8> {
                    let sent = self.sent.lock().expect("no thread panics with it");
                    let results = |message: &Vec<u8>| {
                        let answers = Answers::of(&message[channel::HEAD..]).expect("it has a head");
                        let ends = answers.ends;
                        let results: Vec<_> = answers.map(|answer| answer.payload[0]).collect();
                        assert_eq!(results.len(), ends);
                        results
                    };
                    sent.1.iter().flat_map(results).collect()
                }
            }
        }
    };
}

loomed!(as_it_is: Acquire as Acquire, Relaxed as Relaxed, Release as Release);
loomed!(relaxed: Relaxed as Acquire, Relaxed as Relaxed, Relaxed as Release);

use as_it_is::Worker;
use as_it_is::status_word::TaskStatus;

const TASKS: u64 = 3;

#[test]
fn a_task_is_either_run_and_answered_once_or_returned() {
    loom::model(|| {
        let worker = Worker::new();
        let main = Arc::clone(&worker);
        let main = thread::spawn(move || main.run(TASKS));
        let last = worker.status_word.make_last();
        worker.send();
        let ran = main.join().expect("nothing panics");
        assert_eq!(ran, last.unwrap_or(TASKS), "those behind the last are the listener's");
        assert_eq!(worker.status_word.now(), TaskStatus::Finished(ran));
        assert!(worker.results().into_iter().eq(1..=ran as u8));
    });
}

#[test]
fn a_task_that_the_watchdog_dooms_is_the_one_that_runs_and_is_never_answered() {
    loom::model(|| {
        let worker = Worker::new();
        let main = Arc::clone(&worker);
        let main = thread::spawn(move || main.run(2));
        let last = worker.status_word.make_last();
        let doomed = worker.status_word.doom(1);
        let ran = main.join().expect("nothing panics");
        worker.send();
        assert_eq!(ran, if doomed { 0 } else { last.unwrap_or(2) });
        let status = if doomed { TaskStatus::Doomed(1) } else { TaskStatus::Finished(ran) };
        assert_eq!(worker.status_word.now(), status);
        assert!(worker.results().into_iter().eq(1..=ran as u8));
    });
}

#[test]
fn answers_that_are_published_with_relaxed_are_sent_before_they_are_written() {
    let found = catch_unwind(|| {
        loom::model(|| {
            let worker = relaxed::Worker::new();
            let main = Arc::clone(&worker);
            let main = thread::spawn(move || main.run(TASKS));
            worker.send();
            main.join().expect("nothing panics");
            assert!(worker.results().into_iter().eq(1..=TASKS as u8));
        });
    });
    assert!(found.is_err(), "Loom found no schedule in which an answer is sent too early");
}
