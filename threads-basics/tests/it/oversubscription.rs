//! The same work on more and more threads: it is all done, each time.

use std::time::Duration;

use threads_basics::oversubscription::{Work, curve, run};

#[test]
fn all_of_the_work_is_done_however_many_threads_share_it() {
    for work in [Work::Cpu(1_003), Work::InStep(1_003, 7), Work::Io(13, Duration::ZERO)] {
        let wanted = match work {
            Work::Cpu(all) | Work::InStep(all, _) | Work::Io(all, _) => all,
        };
        for threads in [1, 2, 3, 64, 100] {
            let point = run(work, threads);
            assert_eq!((point.threads, point.done), (threads, wanted), "{work:?}");
        }
    }
}

#[test]
fn the_curve_doubles_and_ends_at_its_limit() {
    for (limit, wanted) in [(1, vec![1]), (2, vec![1, 2]), (8, vec![1, 2, 4, 8])] {
        let threads: Vec<_> = curve(Work::Cpu(10), limit, 1).map(|point| point.threads).collect();
        assert_eq!(threads, wanted);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn linux_says_how_often_a_thread_had_to_give_way() {
    assert!(run(Work::Cpu(10), 2).preempted.is_some());
}
