//! Plain objects: each is built when it is asked for, and has an address for as long as it lives.
//!
//! An address shows where something is, not what it is; a count shows how many were built.

use std::thread::sleep;
use std::time::Duration;

use tracing::{Span, info_span};

use crate::{Built, Config, address};

/// The addresses that were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// The numbers of the configs that were looked at, and where each was at that moment.
    pub found: [(usize, usize); 2],
    /// How many were built.
    pub built: usize,
}

/// Builds two configs, which live at the same time. Each step lasts for `pace`, so that it can be
/// seen.
pub fn at_once(pace: Duration) -> Addresses {
    let built = Built::new();
    let one = Config::build(&built);
    let lives = alive(&one);
    sleep(pace);
    let other = Config::build(&built);
    let lives_too = alive(&other);
    sleep(pace);
    drop((lives, lives_too));
    Addresses { found: [found(&one), found(&other)], built: built.count() }
}

/// Builds one config, ends it, and builds another one in its place.
pub fn in_turn(pace: Duration) -> Addresses {
    let built = Built::new();
    let mut place = [Config::build(&built)];
    let lives = alive(&place[0]);
    let before = found(&place[0]);
    sleep(pace);
    drop(lives);
    place = [Config::build(&built)];
    let _lives = alive(&place[0]);
    sleep(pace);
    Addresses { found: [before, found(&place[0])], built: built.count() }
}

/// Builds one config, and puts it elsewhere: from the thread's stack onto the heap.
pub fn moved(pace: Duration) -> Addresses {
    let built = Built::new();
    let config = Config::build(&built);
    let lives = alive(&config);
    let before = found(&config);
    sleep(pace);
    drop(lives);
    let config = Box::new(config);
    let _lives = alive(&config);
    sleep(pace);
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
