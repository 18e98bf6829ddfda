//! A process is asked to stop (SIGTERM), and made to (SIGKILL) if it has not after some time.
//!
//! A handler runs wherever the signal has interrupted the process, in the middle of an allocation
//! for instance, so that it may do next to nothing. Hence the self-pipe: the handler writes a byte,
//! and a thread that sleeps at the other end does the work at its leisure. [`signal_hook`]'s
//! iterator is made like that.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use rustix::process::{Signal, kill_process};
use signal_hook::consts::SIGTERM;
use signal_hook::iterator::Signals;
use tracing::{Span, info_span};

use crate::child::{DEADLINE, Guarded};
use crate::daemon::Bond;
use crate::house::{self, House, pid};
use crate::spawn_and_wait::{Ended, lane};

/// Shows how a child was stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Its end.
    pub ended: Ended,
    /// Whether it took the second signal.
    pub made_to: bool,
    /// Its last line, if there was one: "its things are put away".
    pub last: Option<String>,
}

/// Starts a child that does what its manner says when it is asked to stop: `unprepared`,
/// `in-order`, `deaf`. Then asks it, and makes it stop if it has not within `patience`.
///
/// # Errors
/// It cannot be started, or takes longer than its [deadline](crate::child::DEADLINE).
pub fn stopped(program: &Path, manner: &str, patience: Duration) -> io::Result<Stopped> {
    let mut child = Guarded::start(program, format_args!("stop:{manner}"), DEADLINE)?;
    let out = child.out();
    let runs = lane("child", || info_span!("runs", what = "works"));
    // Before it has said so, it may not be prepared yet.
    out.line()?;
    let _parent = lane("parent", || info_span!("waits", what = "the child's end", from = "child"));
    let (ended, made_to) = stop(&mut child, patience)?;
    drop(runs);
    Ok(Stopped { ended, made_to, last: out.to_end()?.pop() })
}

/// Asks a child to stop (SIGTERM), waits for `patience`, and then kills it. Returns how it ended,
/// and whether it was killed; a child that has ended already is sent nothing.
///
/// ```
/// use std::{process::Command, time::Duration};
/// use processes::{child::Guarded, signals::stop, spawn_and_wait::Ended};
///
/// let sleeper = Command::new("sleep").arg("3600").spawn()?;
/// let mut sleeper = Guarded::of(sleeper, Duration::from_secs(20));
/// assert_eq!(stop(&mut sleeper, Duration::from_secs(10))?, (Ended::Signalled(15), false));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// As of [`stopped`].
pub fn stop(child: &mut Guarded, patience: Duration) -> io::Result<(Ended, bool)> {
    // A PID that has been reaped may be another process's.
    if child.running()? {
        // It may end in this moment; nobody else reaps it, so its PID is its own.
        kill_process(pid(child.id())?, Signal::TERM)?;
    }
    if let Some(ended) = child.wait_for(patience)? {
        return Ok((ended.into(), false));
    }
    child.kill()?;
    Ok((child.wait()?.into(), true))
}

/// Kills a child that has started a child of its own (Linux): how each of the two ended. The second
/// lives on: it is asked whether it is there, answers, and is told to end.
///
/// # Errors
/// They cannot be started, the second does not answer, or they take longer than the
/// [deadline](crate::child::DEADLINE).
pub fn only_the_child(program: &Path) -> io::Result<[Ended; 2]> {
    let (mut house, [child, grandchild]) = family(program, Bond::Nothing)?;
    let _its_child = waits("its child", "its input");
    let its_end = waits("child", "its child's end");
    house::kill(child)?;
    let ended = house.reaped(child)?;
    drop(its_end);
    house.tell("are you there?")?;
    house.hear("answer")?;
    house.tell("end")?;
    Ok([ended, house.reaped(grandchild)?])
}

/// Kills the same two, by one signal to the group that the first of them leads.
///
/// # Errors
/// As of [`only_the_child`].
pub fn whole_group(program: &Path) -> io::Result<[Ended; 2]> {
    // One that waits for its child might get to do so, before it ends of the same signal: then the
    // house would hear nothing of the second. This one does not wait, it has a pipe to it.
    let (mut house, [child, grandchild]) = family(program, Bond::Pipe)?;
    let _both = [waits("its child", "its input"), waits("child", "its input")];
    house::kill_all(child)?;
    Ok([house.reaped(child)?, house.reaped(grandchild)?])
}

/// Starts the two, in a house that tells how each ends.
fn family(program: &Path, bond: Bond) -> io::Result<(House, [u32; 2])> {
    let _parent = lane("parent", || info_span!("runs", what = "starts both"));
    let mut house = House::start(program, &format!("parent:{}", bond.name()))?;
    let [child] = house.hear_numbers("parent")?;
    let [grandchild, _] = house.hear_numbers("child")?;
    Ok((house, [child, grandchild]))
}

fn waits(name: &str, what: &str) -> Span {
    lane(name, || info_span!("waits", what))
}

/// What the child does when it is asked to stop depends on its manner.
///
/// # Errors
/// The manner is none, or nobody reads what is written.
pub fn child(manner: &str) -> io::Result<()> {
    match manner {
        // Who has said nothing of SIGTERM is ended by it.
        "unprepared" => {
            writeln!(io::stdout(), "works")?;
            io::stdin().read_to_end(&mut Vec::new())?;
            writeln!(io::stdout(), "its things are put away")
        }
        "in-order" => {
            let mut signals = Signals::new([SIGTERM])?;
            end_with_the_input()?;
            writeln!(io::stdout(), "works")?;
            // It sleeps until there is one.
            let _asked = signals.forever().next();
            writeln!(io::stdout(), "its things are put away")
        }
        "deaf" => {
            // A flag that nobody looks at.
            signal_hook::flag::register(SIGTERM, Arc::new(AtomicBool::new(false)))?;
            writeln!(io::stdout(), "works")?;
            io::stdin().read_to_end(&mut Vec::new())?;
            Ok(())
        }
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}

/// Ends this process when its parent is gone, whatever it waits for.
fn end_with_the_input() -> io::Result<()> {
    let to_the_end = || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        exit(1);
    };
    thread::Builder::new().spawn(to_the_end).map(drop)
}
