//! The same work on more and more threads: which numbers of threads.

use threads_basics::oversubscription::{Work, curve};

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
    assert!(threads_basics::oversubscription::run(Work::Cpu(10), 2).preempted.is_some());
}
