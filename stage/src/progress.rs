//! A sign of life on a terminal while something takes long.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long each of its pictures stands.
const TICK: Duration = Duration::from_millis(200);

/// Does the work, under a spinner and the time that it takes. Nothing of it stays on the screen,
/// and nothing is drawn in a pipe.
pub(crate) fn with_spinner<T>(what: &str, work: impl FnOnce() -> T) -> T {
    if !io::stdout().is_terminal() {
        return work();
    }
    thread::scope(|scope| {
        // The work has ended, or panicked, when the sender is dropped.
        let (_works, ended) = channel::<()>();
        let began = Instant::now();
        let spin = move || {
            let mut signs = r"-\|/".chars().cycle();
            while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                let sign = signs.next().unwrap_or_default();
                draw(&format!("  {sign} {what} {}s", began.elapsed().as_secs()));
            }
            if began.elapsed() >= TICK {
                draw("");
            }
        };
        // Where the system has no room for a thread, there is no spinner.
        let _ = thread::Builder::new().spawn_scoped(scope, spin);
        work()
    })
}

/// Draws a line in the place of the one before; a terminal that has gone shows nothing.
fn draw(line: &str) {
    let mut screen = io::stdout().lock();
    let _ = write!(screen, "\r\x1b[2K{line}").and_then(|()| screen.flush());
}
