//! An initialiser that asks for the very value that it is to make.
//!
//! It seldom looks like this: the initialiser logs, and the logger reads the config. Or there are two,
//! and each asks for the other: on two threads, a lock-order inversion of two cells.

use std::cell::OnceCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Barrier, LazyLock, OnceLock};
use std::thread::JoinHandle;

use kit::real::lane::{self, finish};
use tracing::info_span;

use crate::panic::{Got, said};
use crate::{Built, Config, Singleton};

/// Asks a fresh singleton, with an initialiser that asks it again.
///
/// # Blocking
/// For ever, where the approach waits for the thread that builds without asking whether it is its
/// own.
pub fn asks_itself<S: Singleton>() -> Got {
    let singleton = S::fresh();
    finish(start("t1", move || {
        let config = singleton.instance(|| {
            build("the config", || {
                again("the config", || singleton.instance(|| unreachable!("not asked")))
            })
        });
        config.number()
    }))
}

/// Asks a [`LazyLock`] whose initialiser asks it again. It is a static of this program: ask once.
///
/// # Blocking
/// For ever.
pub fn lazy_lock_asks_itself() -> Got {
    static CONFIG: LazyLock<Config> =
        LazyLock::new(|| build("the config", || again("the config", || &*CONFIG)));
    finish(start("t1", || CONFIG.number()))
}

/// Asks std's [`OnceCell`], which is for one thread, with an initialiser that asks it again: there
/// is no other thread to wait for. The inner initialiser runs, and the outer one finds the cell
/// full.
pub fn cell_asks_itself() -> Got {
    finish(start("t1", || {
        let cell = OnceCell::new();
        let alone = || Config::build(&Built::new());
        let config = cell.get_or_init(|| {
            build("the config", || again("the config", || cell.get_or_init(alone)))
        });
        config.number()
    }))
}

/// Asks for a config on one thread and for a log on another. The config's initialiser asks for the
/// log; in a cycle, the log's asks for the config. Returns what the two threads got; a log is a
/// config here, too.
///
/// # Blocking
/// For ever, in a cycle: each initialiser waits until the other one has begun.
pub fn config_and_log(in_a_cycle: bool) -> [Got; 2] {
    let (config, log) = (<OnceLock<Config>>::fresh(), <OnceLock<Config>>::fresh());
    let begun = in_a_cycle.then(|| Arc::new(Barrier::new(2)));
    let begun2 = begun.clone();
    let the_log = move || log.instance(|| Config::build(&Built::new()));
    let the_config = move || config.instance(|| Config::build(&Built::new()));
    let t1 = start("t1", move || {
        let asks_for_the_log = || {
            begun.iter().for_each(|both| _ = both.wait());
            again("the log", the_log)
        };
        config.instance(|| build("the config", asks_for_the_log)).number()
    });
    let t2 = start("t2", move || {
        let asks_for_the_config = || match begun2 {
            Some(both) => {
                both.wait();
                again("the config", the_config)
            }
            None => 0,
        };
        log.instance(|| build("the log", asks_for_the_config)).number()
    });
    [t1, t2].map(finish)
}

/// Builds a config, after what its initialiser asks for first.
fn build(what: &str, first: impl FnOnce() -> usize) -> Config {
    let _holds = info_span!("holds", what);
    first();
    Config::build(&Built::new())
}

fn again<'a>(what: &str, ask: impl FnOnce() -> &'a Config) -> usize {
    let _waits = info_span!("waits", what);
    ask().number()
}

fn start(name: &str, ask: impl FnOnce() -> usize + Send + 'static) -> JoinHandle<Got> {
    lane::start(name, || catch_unwind(AssertUnwindSafe(ask)).map_err(|panic| said(&*panic)))
}
