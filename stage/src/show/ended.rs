//! How a child ended that had to deadlock.

use crate::child::{End, Seen};
use crate::lesson::Variant;
use crate::record::Record;
use crate::terminal::duration;

/// Returns how the child ended: the word, and the rest of the sentence.
pub(crate) fn verdict(variant: &Variant, seen: &Seen) -> (&'static str, String) {
    match &seen.end {
        End::Deadlocked(cycle) => {
            // The lanes begin with the first record as well.
            let at = |record: Option<&Record>| record.map_or(0, |record| record.at);
            let after = at(seen.records.last()).saturating_sub(at(seen.records.first()));
            ("deadlocked", format!("after {}, as it must:  {cycle}", duration(after)))
        }
        End::Exited(status) => (
            "not as promised:",
            super::advised(&format!("it ended, {status}. {}", seen.complaint.trim_end())),
        ),
        End::TimedOut => {
            ("not as promised:", format!("neither ended nor stuck after {:?}", variant.deadline))
        }
    }
}

pub(super) fn outside(seen: &Seen) -> String {
    let Some(threads) = &seen.threads else {
        return "this system does not show another process's threads; the child was ended"
            .to_owned();
    };
    let asleep: Vec<_> = threads.iter().filter(|thread| thread.asleep).collect();
    let mut calls: Vec<_> =
        asleep.iter().map(|thread| thread.call.as_deref().unwrap_or("the kernel")).collect();
    calls.sort_unstable();
    calls.dedup();
    let word = if threads.len() == 1 { "thread" } else { "threads" };
    let place = if calls.is_empty() { String::new() } else { format!(" in {}", calls.join(", ")) };
    format!("{} of {} {word} asleep{place}; then ended", asleep.len(), threads.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::What;
    use crate::wait_for::WaitCycle;

    #[test]
    fn a_deadlock_is_timed_from_where_the_lanes_begin() {
        let record = |at| {
            let what = What::Said { text: "begins".to_owned(), mark: false };
            Record { at, pid: 1, tid: 1, lane: "t1".to_owned(), what }
        };
        let seen = Seen {
            records: vec![record(30_000_000), record(50_000_000)],
            time: 10_000_000..90_000_000,
            end: End::Deadlocked(WaitCycle { waits: Vec::new(), cycle: None }),
            threads: None,
            complaint: String::new(),
            pid: 1,
        };
        let (_, rest) = verdict(&Variant::holds("one", || unreachable!("it is not run")), &seen);
        assert!(rest.starts_with("after 20 ms, "), "{rest}");
    }
}
