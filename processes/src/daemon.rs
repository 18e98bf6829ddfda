//! What becomes of a child when its parent ends: nothing, if nobody has seen to it.
//!
//! The parent is killed with SIGKILL: it can do nothing any more, no destructor runs, no handler.
//! What ends the child then has to be the kernel's doing, agreed upon beforehand. All of it happens
//! in a [house](crate::house).

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::{ExitStatusExt, parent_id};
use std::panic::resume_unwind;
use std::path::Path;
use std::process::{Child, Stdio};
use std::str::FromStr;
use std::thread;

use tracing::{Span, info_span};

use crate::child::{command, this_program};
use crate::house::{House, kill};
use crate::spawn_and_wait::{Ended, lane};

/// What ties a child to its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bond {
    /// Nothing, as it is if nothing is said.
    Nothing,
    /// The child has asked the kernel for SIGKILL at its parent's death (Linux).
    Signal,
    /// As [`Signal`](Self::Signal), but the child is started by a thread of its parent's that ends
    /// before the parent does.
    ThreadsSignal,
    /// The child ends at the end of a pipe, to which the parent alone has the other end.
    Pipe,
    /// The parent waits for the child.
    Wait,
}

const BONDS: [(&str, Bond); 5] = [
    ("nothing", Bond::Nothing),
    ("signal", Bond::Signal),
    ("threads-signal", Bond::ThreadsSignal),
    ("pipe", Bond::Pipe),
    ("wait", Bond::Wait),
];

impl Bond {
    pub(crate) fn name(self) -> &'static str {
        BONDS.iter().find(|(_, bond)| *bond == self).map_or("", |(name, _)| name)
    }
}

impl FromStr for Bond {
    type Err = io::Error;

    fn from_str(text: &str) -> io::Result<Self> {
        let known = BONDS.iter().find(|(name, _)| *name == text);
        known.map(|(_, bond)| *bond).ok_or_else(|| io::ErrorKind::InvalidInput.into())
    }
}

/// Shows what became of a parent and its child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// The parent's end.
    pub parent: Ended,
    /// Whether the child lived on: it answered after the parent had been killed and reaped, from
    /// its new parent.
    pub lived_on: bool,
    /// The child's end. The child that lives on is ended by the end of the lesson's pipe.
    pub child: Ended,
}

/// Starts a parent with a child that is tied to it by `bond`, and kills the parent.
///
/// # Errors
/// They cannot be started, or a child that is tied does not end within the
/// [deadline](crate::child::DEADLINE).
pub fn killed(program: &Path, bond: Bond) -> io::Result<Fate> {
    let mut house = House::start(program, &format!("parent:{}", bond.name()))?;
    let [parent] = house.hear_numbers("parent")?;
    let parents = lane("parent", || info_span!("runs", what = "lives"));
    let [child, was_its_parent] = house.hear_numbers("child")?;
    let childs = lane("child", || waits_for_input(bond));
    kill(parent)?;
    let ended = house.reaped(parent)?;
    drop(parents);
    let lived_on = bond == Bond::Nothing && {
        // It is asked only if nothing ties it: a child that dies at this moment might still get to
        // answer.
        house.tell("who is your parent?")?;
        let [is_its_parent] = house.hear_numbers("answer")?;
        was_its_parent == parent && is_its_parent == house.id()
    };
    if lived_on {
        house.hang_up();
    }
    let fate = Fate { parent: ended, lived_on, child: house.reaped(child)? };
    drop(childs);
    Ok(fate)
}

fn waits_for_input(bond: Bond) -> Span {
    let from = if bond == Bond::Pipe { "parent" } else { "lesson" };
    info_span!("waits", what = "its input", from)
}

/// Starts a parent that waits for its child, and tells the child to end: the parent's end, which
/// came after the child's.
///
/// # Errors
/// They cannot be started, or do not end within the [deadline](crate::child::DEADLINE).
pub fn waited_for(program: &Path) -> io::Result<Ended> {
    let mut house = House::start(program, "parent:wait")?;
    let [parent] = house.hear_numbers("parent")?;
    house.hear("child")?;
    let _parent = lane("parent", || info_span!("waits", what = "the child's end", from = "child"));
    house.hang_up();
    house.hear("then")?;
    house.reaped(parent)
}

/// Starts a parent, a thread of which starts the child and ends: how the child ended, while the
/// parent lived.
///
/// # Errors
/// As of [`waited_for`].
pub fn thread_ended(program: &Path) -> io::Result<Ended> {
    let mut house = House::start(program, "parent:threads-signal")?;
    let [parent] = house.hear_numbers("parent")?;
    let _parent = lane("parent", || info_span!("waits", what = "the child's end", from = "child"));
    let [signal] = house.hear_numbers("signal")?;
    house.reaped(parent)?;
    Ok(Ended::Signalled(signal.cast_signed()))
}

/// What the parent does: starts the child with the bond, and stays at least as long as the child,
/// or as the lesson.
///
/// # Errors
/// The child cannot be started, or nobody reads what is written.
pub fn parent(bond: &str) -> io::Result<()> {
    let (bond, me) = (bond.parse::<Bond>()?, std::process::id());
    writeln!(io::stdout(), "parent {me}")?;
    let mut command = command(&this_program()?, format_args!("child:{}:{me}", bond.name()));
    match bond {
        Bond::Nothing | Bond::Signal => command.status().map(drop),
        Bond::Wait => {
            command.status()?;
            writeln!(io::stdout(), "then the child had ended")
        }
        Bond::Pipe => {
            let child = command.stdin(Stdio::piped()).spawn()?;
            io::stdin().read_to_end(&mut Vec::new())?;
            // With it goes this end of the pipe, as it does if this process is killed.
            drop(child);
            Ok(())
        }
        Bond::ThreadsSignal => {
            let start = move || -> io::Result<Child> {
                let mut child = command.stdout(Stdio::piped()).spawn()?;
                // When it has spoken, it has asked for the signal. So the thread may end.
                let out = child.stdout.as_mut().map(BufReader::new);
                out.map(|mut out| out.read_line(&mut String::new())).transpose()?;
                Ok(child)
            };
            let starts = thread::Builder::new().spawn(start)?;
            let child = starts.join().unwrap_or_else(|panic| resume_unwind(panic));
            let signal = child?.wait()?.signal().unwrap_or(0);
            writeln!(io::stdout(), "signal {signal}")
        }
    }
}

/// What the child does: ties itself to its parent, says so, and answers who its parent is now,
/// until it is told to end or the pipe that it reads does.
///
/// # Errors
/// Its parent has ended already, or nobody reads what is written.
pub fn child(argument: &str) -> io::Result<()> {
    let (bond, parent) = argument.split_once(':').ok_or(io::ErrorKind::InvalidInput)?;
    if matches!(bond.parse()?, Bond::Signal | Bond::ThreadsSignal) {
        die_with(parent.parse().map_err(io::Error::other)?)?;
    }
    writeln!(io::stdout(), "child {} {}", std::process::id(), parent_id())?;
    for line in io::stdin().lines() {
        if line? == "end" {
            break;
        }
        writeln!(io::stdout(), "answer {}", parent_id())?;
    }
    Ok(())
}

/// Asks the kernel to kill this process when its parent, of that number, ends: more exactly the
/// parent's thread that started it.
///
/// # Errors
/// The parent has ended already: the signal would never come. Elsewhere than on Linux: there is no
/// such signal; a pipe does it.
fn die_with(parent: u32) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    // In this order: a parent that ended before the line above is not its parent any more, and one
    // that ends from here on kills it.
    if cfg!(target_os = "linux") && parent_id() == parent {
        Ok(())
    } else {
        Err(io::ErrorKind::NotFound.into())
    }
}
