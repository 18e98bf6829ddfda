//! What this program is when a lesson starts it once more, as a child.
//!
//! The variable [`ROLE`] in its environment says so, and is looked at before the command line. So a
//! lesson's child runs the very code of its parent, and a test can be that parent as well as the
//! binary.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;
use std::str::FromStr;

use crate::memory_role::MemoryRole;
use crate::not_shared;
use crate::part::Part;

/// Names the variable that makes this program a child of a lesson.
pub const ROLE: &str = "PROCESS_SHARING_CHILD";

/// Says what a child does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Is handed a value, puts it on its heap, changes its variables, and reports them:
    /// `change:10`.
    Change(u32),
    /// Is talked with: `peer:consumer`.
    Peer(Part),
    /// Is handed shared memory.
    Memory(MemoryRole),
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Change(value) => write!(f, "change:{value}"),
            Self::Peer(part) => write!(f, "peer:{part}"),
            Self::Memory(role) => role.fmt(f),
        }
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let role = match text.split_once(':') {
            Some(("change", value)) => value.parse().ok().map(Self::Change),
            Some(("peer", part)) => part.parse().ok().map(Self::Peer),
            _ => None,
        };
        let role = role.or_else(|| text.parse().ok().map(Self::Memory));
        role.ok_or_else(|| {
            format!("{ROLE} is {text:?}; it takes change:VALUE, peer:PART, {}", MemoryRole::FORMS)
        })
    }
}

/// Plays the role that the environment names, to its end; `None` if it names none, and this is no
/// child.
pub fn play() -> Option<ExitCode> {
    let text = std::env::var_os(ROLE)?;
    Some(match text.to_string_lossy().parse() {
        Ok(Role::Change(value)) => {
            let seen = not_shared::in_a_child(value);
            // It fails if the parent is gone: then there is nobody to say it to.
            writeln!(io::stdout(), "{seen}").map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
        }
        Ok(Role::Peer(part)) => part.play(),
        Ok(Role::Memory(role)) => match role.play() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                // There is nowhere left to complain when this fails.
                let _ = writeln!(io::stderr(), "process-sharing: {error}");
                ExitCode::FAILURE
            }
        },
        Err(wrong) => {
            // There is nowhere left to complain when this fails.
            let _ = writeln!(io::stderr(), "process-sharing: {wrong}");
            ExitCode::from(2)
        }
    })
}
