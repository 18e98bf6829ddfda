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
    let _lives = alive(&one);
    sleep(PACE);
    let other = Config::build(&built);
    let _lives_too = alive(&other);
    sleep(PACE);
    Addresses { found: [found(&one), found(&other)], built: built.count() }
}

/// Builds one config, ends it, and builds another one in its place.
pub fn in_turn() -> Addresses {
    let built = Built::new();
    let mut place = [Config::build(&built)];
    let lives = alive(&place[0]);
    let before = found(&place[0]);
    sleep(PACE);
    drop(lives);
    place = [Config::build(&built)];
    let _lives = alive(&place[0]);
    sleep(PACE);
    Addresses { found: [before, found(&place[0])], built: built.count() }
}

/// Builds one config, and puts it elsewhere: from the thread's stack onto the heap.
pub fn moved() -> Addresses {
    let built = Built::new();
    let config = Config::build(&built);
    let lives = alive(&config);
    let before = found(&config);
    sleep(PACE);
    drop(lives);
    let config = Box::new(config);
    let _lives = alive(&config);
    sleep(PACE);
    Addresses { found: [before, found(&config)], built: built.count() }
}

fn found(config: &Config) -> (usize, usize) {
    (config.number(), address(config))
}

/// Returns a span for a config's life, in a lane of its own, with its address.
fn alive(config: &Config) -> Span {
    let (lane, place) = (format!("config {}", config.number()), format!("{:#x}", address(config)));
    info_span!("holds", lane, what = place)
}
