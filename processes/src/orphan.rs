//! A child that has lost its parent, an orphan: who becomes its parent, and who waits for it in the
//! end.
//!
//! An orphan is given to the nearest of its forebears that has asked for orphans, or else to
//! process 1. That one has to wait for children that it has not started. `init` does. The first
//! process of a container is whatever was put there, and often does not: hence `docker run --init`.

use std::io;
use std::path::Path;

use tracing::info_span;

use crate::house::{House, kill};
use crate::proc;
use crate::spawn_and_wait::{Ended, lane};

/// Shows what became of an orphan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// Whether the one that started it was its parent before.
    pub had_its_parent: bool,
    /// Whether the house was its parent then.
    pub adopted: bool,
    /// In what state it was when it had ended, and who was its parent, if it was still there: `Z`,
    /// and whether that was the house.
    pub left: Option<(char, bool)>,
    /// Its end, as whoever reaped it in the end has it.
    pub ended: Ended,
}

/// Kills the parent of a child in a house that waits for orphans (Linux).
///
/// # Errors
/// They cannot be started, or do not end within the [deadline](crate::child::DEADLINE).
pub fn adopted(program: &Path) -> io::Result<Orphan> {
    let mut house = House::start(program, "parent:nothing")?;
    let [parent] = house.hear_numbers("parent")?;
    let _child = lane("child", || info_span!("waits", what = "its input", from = "lesson"));
    let [child, first] = house.hear_numbers("child")?;
    {
        let _parent =
            lane("parent", || info_span!("waits", what = "the child's end", from = "child"));
        kill(parent)?;
        house.reaped(parent)?;
    }
    let _house = lane("house", || info_span!("waits", what = "the child's end", from = "child"));
    house.tell("who is your parent?")?;
    let [then] = house.hear_numbers("answer")?;
    house.tell("end")?;
    let ended = house.reaped(child)?;
    let left = proc::look(child)?.map(|seen| (seen.state, seen.parent == house.id()));
    Ok(Orphan { had_its_parent: first == parent, adopted: then == house.id(), left, ended })
}

/// Kills the parent of a child in a house that takes orphans in, and does not wait for them.
///
/// # Errors
/// As of [`adopted`].
pub fn not_reaped(program: &Path) -> io::Result<Orphan> {
    // It stands in a proper house, which reaps what is left when the slovenly one is gone.
    let mut house = House::start(program, "slovenly-house:parent:nothing")?;
    let [parent] = house.hear_numbers("parent")?;
    let _child = lane("child", || info_span!("waits", what = "to be waited for", from = "house"));
    let [child, first] = house.hear_numbers("child")?;
    kill(parent)?;
    // It was waiting for the child, and might get to reap it if the child ended now.
    house.reaped(parent)?;
    let _house = lane("house", || info_span!("runs", what = "does something else"));
    house.tell("end")?;
    let [slovenly] = house.hear_numbers("ended")?;
    let left = proc::look(child)?.map(|seen| (seen.state, seen.parent == slovenly));
    house.hang_up();
    let adopted = left.is_some_and(|(_, adopted)| adopted);
    Ok(Orphan { had_its_parent: first == parent, adopted, left, ended: house.reaped(child)? })
}
