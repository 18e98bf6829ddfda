//! The same experiments in Python: a line for each interpreter that is given.

use stage::{Checked, Report};
use threads_basics::python::ask;

/// Asks each interpreter, and reports the first with the others below it, and those left out.
pub(super) fn in_each(numbers: [u32; 4]) -> Checked {
    let mut left_out = Vec::new();
    let mut told = Vec::new();
    for python in kit::python::interpreters() {
        let printed = python.and_then(|python| {
            ask(&python, numbers).map_err(|error| format!("{} {error}", python.name))
        });
        match printed {
            Ok(printed) => told.push(printed),
            Err(why) => left_out.push(why),
        }
    }
    let lines = |printed: &String| {
        let (times, updates) = printed.split_once('\n').unwrap_or((printed, ""));
        (times.to_owned(), updates.to_owned())
    };
    let mut told = told.iter().map(lines);
    let report = match told.next() {
        None => Report::not_here("there is no Python here that could be asked"),
        Some((times, updates)) => Report::measured(times).fact("updates", updates),
    };
    let report = told.fold(report, |report, (times, updates)| {
        let (version, times) = times.split_once(": ").unwrap_or(("", &times));
        report.fact(version, times).fact("", updates)
    });
    Ok(left_out.into_iter().fold(report, |report, why| report.fact("left out", why)))
}
