//! Plain objects: each is built when it is asked for, and has an address for as long as it lives.
//!
//! An address shows where something is, not what it is; a count shows how many were built.

use std::thread::sleep;
use std::time::Duration;

use tracing::{Span, info_span};

use crate::{Built, Config, address};

/// How long each step lasts, so that it can be seen.
const PACE: Duration = Duration::from_millis(10);

/// The addresses that were seen.
#[derive(Debug)]
pub struct Addresses {
    /// The numbers of the configs that were looked at, and where each was at that moment.
    pub found: [(usize, usize); 2],
    /// How many were built.
    pub built: usize,
}

/// Builds two configs, which live at the same time.
pub fn at_once() -> Addresses {
    let built = Built::new();
    let one = Config::build(&built);
    let (here, _lives) = look(&one);
    let other = Config::build(&built);
    let (there, _lives_too) = look(&other);
    Addresses { found: [here, there], built: built.count() }
}

/// Builds one config, ends it, and builds another one in its place.
pub fn in_turn() -> Addresses {
    let built = Built::new();
    let mut place = [Config::build(&built)];
    let (before, lives) = look(&place[0]);
    drop(lives);
    place = [Config::build(&built)];
    let (after, _lives) = look(&place[0]);
    Addresses { found: [before, after], built: built.count() }
}

/// Builds one config, and puts it elsewhere: from the thread's stack onto the heap.
pub fn moved() -> Addresses {
    let built = Built::new();
    let config = Config::build(&built);
    let (before, lives) = look(&config);
    drop(lives);
    let config = Box::new(config);
    let (after, _lives) = look(&config);
    Addresses { found: [before, after], built: built.count() }
}

/// Returns the number of a config and where it is, and a span for its life, in a lane of its own.
fn look(config: &Config) -> ((usize, usize), Span) {
    let (number, place) = (config.number(), address(config));
    let (lane, what) = (format!("config {number}"), format!("{place:#x}"));
    let lives = info_span!("holds", lane, what);
    sleep(PACE);
    ((number, place), lives)
}
