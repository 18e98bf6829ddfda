//! A sign of life on a terminal while something takes long.

use std::io::{self, IsTerminal};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Does the work, under a spinner and the time that it takes. Nothing of it stays on the screen,
/// and nothing is drawn in a pipe.
pub(crate) fn with_spinner<T>(what: &str, work: impl FnOnce() -> T) -> T {
    // The spinner has a thread, and panics where the system has no room for one.
    if !io::stdout().is_terminal() || thread::Builder::new().spawn(|| ()).is_err() {
        return work();
    }
    let spinner = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    // Standard error may be shut meanwhile.
    spinner.set_draw_target(ProgressDrawTarget::stdout());
    if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg} {elapsed}") {
        spinner.set_style(style.tick_chars(r"-\|/ "));
    }
    spinner.set_message(what.to_owned());
    spinner.enable_steady_tick(Duration::from_millis(200));
    let result = work();
    spinner.finish_and_clear();
    result
}
