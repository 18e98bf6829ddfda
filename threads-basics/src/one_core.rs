//! Two jobs that compute: concurrent on one core, parallel on two.
//!
//! After each step, a job looks whether the other one has got on. On one core it can have done so
//! only while this job was off the core: each time, there was a context switch. A job that sees the
//! other get on more often than it is switched runs at the same time.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use kit::deadline::Deadline;
use kit::sync_point::SyncPoint;
use tracing::{Span, info_span};

use crate::cores;
use crate::oversubscription::compute;
use crate::procfs::Task;

/// What a job has seen of the other one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// After how many of its steps the other had got on.
    pub got_on: u64,
    /// How many of these no context switch explains: both have run at the same time.
    pub at_once: u64,
    /// Its own context switches; 0 where the system does not count them.
    pub switches: u64,
}

/// The steps after which a job counts its context switches.
const WINDOW: usize = 32;

/// Which job a core runs, as a picture shows it: a job that finds the other one there takes its
/// place.
type Core = Mutex<Option<(usize, Span)>>;

/// Runs two jobs on two cores, or on one, until both have seen `enough`.
pub fn two_jobs(cores: [usize; 2], enough: fn(&Looks) -> bool) -> [Looks; 2] {
    let (steps, both) = ([const { AtomicU64::new(0) }; 2], SyncPoint::of(2));
    let (done, shown) = (AtomicUsize::new(0), [Core::default(), Core::default()]);
    let job = |me: usize| {
        let shown = &shown[if cores[0] == cores[1] { 0 } else { me }];
        cores::pin(cores[me]);
        both.meet();
        let switches = || Task::me().switches().unwrap_or_default();
        let (mut before, mut seen) = (switches(), steps[1 - me].load(Relaxed));
        let mut looks = Looks::default();
        let (mut had_enough, by) = (false, Deadline::after(Duration::from_secs(20)));
        while done.load(Relaxed) < 2 && !by.is_over() {
            let mut got_on = 0;
            for _ in 0..WINDOW {
                show(shown, me);
                compute(1_000);
                steps[me].fetch_add(1, Relaxed);
                let now = steps[1 - me].load(Relaxed);
                got_on += u64::from(now != seen);
                seen = now;
            }
            let now = switches();
            let switched = now.since(before).all();
            before = now;
            looks.got_on += got_on;
            looks.switches += switched;
            // One more: a switch before they were counted shows in the next look.
            looks.at_once += got_on.saturating_sub(switched + 1);
            if !had_enough && enough(&looks) {
                had_enough = true;
                done.fetch_add(1, Relaxed);
            }
        }
        *shown.lock().unwrap_or_else(PoisonError::into_inner) = None;
        looks
    };
    let job = &job;
    thread::scope(|scope| {
        let jobs = [0, 1].map(|me| scope.spawn(move || job(me)));
        jobs.map(|job| job.join().expect("it does arithmetic"))
    })
}

fn show(core: &Core, me: usize) {
    let mut core = core.lock().unwrap_or_else(PoisonError::into_inner);
    if core.as_ref().is_none_or(|(job, _)| *job != me) {
        // The other one's span ends before this one's begins.
        *core = None;
        *core = Some((me, info_span!("runs", lane = format!("job-{}", me + 1), what = "")));
    }
}
