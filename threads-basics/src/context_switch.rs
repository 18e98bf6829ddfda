//! Two threads, two processes and two coroutines that hand over to each other: how many context
//! switches that takes, and what one costs.
//!
//! On one core, the next to have its turn can only run when the core goes on with it: each hand-over
//! takes at least one context switch, however it is made. The kernel counts them.

use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use kit::child::{DEADLINE, Entry, stdout};
use kit::sync_point::SyncPoint;
use tracing::info_span;

use crate::baton::Baton;
use crate::cores;
use crate::pages::Pages;
use crate::procfs::{Switches, Task};
use crate::real::lane::{finish, start, work};

/// The hand-overs that were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandedOver {
    /// How many they are.
    pub times: u64,
    /// How long they took.
    pub took: Duration,
    /// The context switches of both players; `None` where the system does not count them.
    pub switches: Option<Switches>,
}

/// Lets two threads, pinned to two cores or to one, hand over `times` times there and as often back;
/// a thread waits for its turn by `take`. For a picture, each turn is shown, and lasts for `shown`.
pub fn by_threads(
    cores: [usize; 2],
    times: u64,
    take: fn(&Baton, u32) -> bool,
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
                Some(pace) => (0..times).all(|_| turn(&baton, me, take, pace)),
            })
        })
    });
    let [(mine, took), (theirs, _)] = threads.map(finish);
    HandedOver { times: 2 * times, took, switches: mine.zip(theirs).map(|(a, b)| a + b) }
}

/// Has a turn that a picture shows.
fn turn(baton: &Baton, me: u32, take: fn(&Baton, u32) -> bool, pace: Duration) -> bool {
    let waits = info_span!("waits", what = "its turn", from = format!("t{}", 2 - me));
    let mine = take(baton, me);
    drop(waits);
    let runs = info_span!("runs", what = "its turn");
    work(pace);
    drop(runs);
    baton.pass(1 - me);
    mine
}

/// Lets this process and a child on the same core hand over to each other, by a page of memory that
/// both have mapped.
///
/// # Errors
/// As [`stdout`]; or there is no memory that both could map.
pub fn by_processes(program: &Path, core: usize, times: u64) -> io::Result<HandedOver> {
    let memory = shared_memory()?;
    let pages = Arc::new(Pages::shared(&memory)?);
    let theirs = Arc::clone(&pages);
    let player = start("parent", move || {
        cores::pin(core);
        // The first turn comes back when the child is there.
        theirs.baton().play(0, 1, Baton::take);
        timed(|| theirs.baton().play(0, times, Baton::take))
    });
    let path = format!("/proc/{}/fd/{}", std::process::id(), memory.as_raw_fd());
    let mut child = HAND_OVER.command(program);
    let said = stdout(child.args([path, core.to_string(), times.to_string()]), DEADLINE);
    // A child that has failed passes no turn to the player that waits for it.
    pages.baton().end();
    let (mine, took) = finish(player);
    let theirs = said?.trim().split_once(' ').and_then(|(voluntary, involuntary)| {
        let voluntary = voluntary.parse().ok()?;
        Some(Switches { voluntary, involuntary: involuntary.parse().ok()? })
    });
    let switches = mine.zip(theirs).map(|(mine, theirs)| mine + theirs);
    Ok(HandedOver { times: 2 * times, took, switches })
}

/// The other process: it maps the page, has its turns, and prints its context switches.
pub const HAND_OVER: Entry = Entry { name: "hand-over", run: hand_over };

fn hand_over(arguments: &[String]) -> io::Result<()> {
    let [path, core, times] = arguments else { return Err(io::ErrorKind::InvalidInput.into()) };
    let number = |text: &String| text.parse::<usize>().map_err(io::Error::other);
    let (core, times) = (number(core)?, number(times)? as u64);
    let pages = Pages::shared(&OpenOptions::new().read(true).write(true).open(path)?)?;
    cores::pin(core);
    let (switches, _) = timed(|| pages.baton().play(1, times + 1, Baton::take));
    let Switches { voluntary, involuntary } = switches.unwrap_or_default();
    writeln!(io::stdout(), "{voluntary} {involuntary}")
}

/// Lets two coroutines on one thread hand over to each other: each is a state machine that the
/// thread polls by turns, and that returns at each `await`.
pub fn by_coroutines(times: u64) -> HandedOver {
    async fn play(turn: &Cell<u32>, me: u32, times: u64) {
        for _ in 0..times {
            assert_eq!(turn.replace(1 - me), me, "it is polled in its turn");
            YieldNow(false).await;
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
    HandedOver { times: 2 * times, took, switches }
}

/// A future that is ready when it is polled for the second time.
struct YieldNow(bool);

impl Future for YieldNow {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// Runs a body on this thread; returns its context switches, and how long it took.
fn timed<R>(body: impl FnOnce() -> R) -> (Option<Switches>, Duration) {
    let before = Task::me().switches();
    let began = Instant::now();
    body();
    let took = began.elapsed();
    (Task::me().switches().zip(before).map(|(after, before)| after - before), took)
}

/// Makes a file of one page that is in memory alone.
fn shared_memory() -> io::Result<File> {
    #[cfg(target_os = "linux")]
    {
        let flags = rustix::fs::MemfdFlags::CLOEXEC;
        let memory = File::from(rustix::fs::memfd_create("baton", flags)?);
        memory.set_len(rustix::param::page_size() as u64)?;
        Ok(memory)
    }
    #[cfg(not(target_os = "linux"))]
    Err(io::ErrorKind::Unsupported.into())
}
