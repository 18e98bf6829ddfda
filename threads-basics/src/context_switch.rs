//! Two threads, two processes and two coroutines that hand over to each other: how many context
//! switches that takes, and what one costs.
//!
//! On one core, the next to have its turn can only run when the core goes on with it: each
//! hand-over takes at least one context switch, however it is made. The kernel counts them.

use std::cell::Cell;
use std::fs::OpenOptions;
use std::future::poll_fn;
use std::io::{self, Write};
use std::mem::replace;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread::sleep;
use std::time::{Duration, Instant};

use kit::child::Entry;
use kit::sync_point::SyncPoint;
use tracing::info_span;

use crate::baton::Baton;
use crate::cores;
use crate::procfs::{Switches, Task};
use crate::shared_page;
use crate::together::{self, begin, numbers};
use kit::real::lane::{finish, start};

/// The hand-overs that were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandedOver {
    /// How many they are.
    pub times: u64,
    /// How long they took.
    pub took: Duration,
    /// The context switches of both players, where the system counts them.
    pub switches: Switches,
}

impl HandedOver {
    fn of(times: u64, took: Duration, mine: Switches, theirs: Switches) -> Self {
        let voluntary = mine.voluntary + theirs.voluntary;
        let involuntary = mine.involuntary + theirs.involuntary;
        Self { times: 2 * times, took, switches: Switches { voluntary, involuntary } }
    }
}

/// Lets two threads, pinned to two cores or to one, hand over `times` times there and as often
/// back; a thread waits for its turn by `take`. A picture shows each turn, which lasts for `shown`.
pub fn by_threads(
    cores: [usize; 2],
    times: u64,
    take: fn(&Baton, u32),
    shown: Option<Duration>,
) -> HandedOver {
    let (baton, both) = (Arc::new(Baton::between_threads()), SyncPoint::of(2));
    let threads = [0, 1].map(|me: u32| {
        let (baton, both) = (Arc::clone(&baton), both.clone());
        start(format!("t{}", me + 1), move || {
            cores::pin(cores[me as usize]);
            both.meet();
            timed(|| match shown {
                None => baton.play(me, times, take),
                Some(pace) => (0..times).for_each(|_| turn(&baton, me, take, pace)),
            })
        })
    });
    let [(mine, took), (theirs, _)] = threads.map(finish);
    HandedOver::of(times, took, mine, theirs)
}

fn turn(baton: &Baton, me: u32, take: fn(&Baton, u32), pace: Duration) {
    let waits = info_span!("waits", what = "its turn", from = format!("t{}", 2 - me));
    take(baton, me);
    drop(waits);
    let runs = info_span!("runs", what = "its turn");
    sleep(pace);
    drop(runs);
    baton.pass(1 - me);
}

/// Lets two child processes on one core hand over to each other, by a page of memory that both have
/// mapped.
pub fn by_processes(program: &Path, core: usize, times: u64) -> io::Result<HandedOver> {
    let memory = shared_page::create()?;
    let file = [std::process::id().into(), memory.as_raw_fd() as u64];
    let player = |me| [&[me, core as u64, times], &file[..]].concat();
    let (switches, took) = together::run(HAND_OVER, program, &[player(0), player(1)])?;
    let of = |its: &[u64]| Switches { voluntary: its[0], involuntary: its[1] };
    Ok(HandedOver::of(times, took, of(&switches[0]), of(&switches[1])))
}

/// A player in a process of its own: it maps its parent's page, has its turns, and prints its
/// context switches.
pub const HAND_OVER: Entry = Entry { name: "player", run: hand_over };

fn hand_over(arguments: &[String]) -> io::Result<()> {
    let [me, core, times, pid, file] = numbers(arguments)?[..] else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let path = format!("/proc/{pid}/fd/{file}");
    let baton = shared_page::map(&OpenOptions::new().read(true).write(true).open(path)?)?;
    cores::pin(core as usize);
    begin()?;
    let (Switches { voluntary, involuntary }, _) =
        timed(|| baton.play(me as u32, times, Baton::take));
    writeln!(io::stdout(), "{voluntary} {involuntary}")
}

/// Lets two coroutines on one thread hand over to each other: each is a state machine that the
/// thread polls by turns, and that returns at each `await`.
pub fn by_coroutines(times: u64) -> HandedOver {
    async fn play(turn: &Cell<u32>, me: u32, times: u64) {
        for _ in 0..times {
            assert_eq!(turn.replace(1 - me), me, "it is polled in its turn");
            // Pending at the first poll, ready at the second.
            let mut polled = false;
            poll_fn(|_| if replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending })
                .await;
        }
    }
    let turn = Cell::new(0);
    let (mut a, mut b) = (pin!(play(&turn, 0, times)), pin!(play(&turn, 1, times)));
    let mut context = Context::from_waker(Waker::noop());
    let (switches, took) = timed(|| {
        // Both end in the same round.
        while a.as_mut().poll(&mut context).is_pending()
            | b.as_mut().poll(&mut context).is_pending()
        {}
    });
    HandedOver::of(times, took, switches, Switches::default())
}

/// Runs a body on this thread; returns its context switches, and how long it took.
fn timed(body: impl FnOnce()) -> (Switches, Duration) {
    let switches = || Task::me().switches().unwrap_or_default();
    let (before, began) = (switches(), Instant::now());
    body();
    let took = began.elapsed();
    (switches().since(before), took)
}
