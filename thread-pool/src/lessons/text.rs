//! How figures are written on the screen.

use std::fmt::{Debug, Display};
use std::time::Duration;

use stage::Checked;
use thread_pool::BuildError;

pub(crate) fn line(error: impl Display) -> String {
    error.to_string()
}

/// Compares what came out of a lesson with what has to, as [`stage::expect`] does.
pub(crate) fn expect<T: PartialEq + Debug>(
    out: Result<T, BuildError>,
    wanted: T,
    said: impl Into<String>,
) -> Checked {
    stage::expect(out.map_err(line)?, wanted, said)
}

/// Returns a time with its unit: "2.1 ms".
pub(crate) fn time(time: Duration) -> String {
    stage::duration(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
}

/// Returns a number with its noun: "1 task", "2 tasks".
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", stage::grouped(number), if number == 1 { "" } else { "s" })
}

/// Returns how much memory became resident, in MiB.
pub(crate) fn mebibytes([before, most]: [thread_pool::thread_count::System; 2]) -> String {
    format!("{:.1} MiB", most.resident.saturating_sub(before.resident) as f64 / 1024.0)
}

/// Draws a share of `columns` columns.
pub(crate) fn bar(share: f64, columns: usize) -> String {
    let length = (share * columns as f64).ceil() as usize;
    "█".repeat(length.min(columns)) + &" ".repeat(columns.saturating_sub(length))
}
