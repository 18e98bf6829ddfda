//! Runs a lesson: runs its variants for real and prints what they showed.

use std::ffi::OsString;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::process::Command;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::child::{self, End};
use crate::chosen::Chosen;
use crate::lanes::Lanes;
use crate::left_behind;
use crate::lesson::{Promise, Variant};
use crate::panics;
use crate::progress::with_spinner;
use crate::record::now;
use crate::recording::Recording;
use crate::report::{Checked, Kind, Report};
use crate::shortage;
use crate::terminal::{Style, Terminal};
use crate::trace::Trace;

use self::ended::outside;
pub(crate) use self::ended::verdict;

mod ended;

/// What lessons are run with.
pub(crate) struct Runner<'a> {
    pub(crate) terminal: &'a mut Terminal,
    pub(crate) memory: &'a Recording,
    pub(crate) trace: Option<&'a mut Trace>,
    /// The topic, as its binary is called.
    pub(crate) topic: &'a str,
    /// A variant that has lanes, where that of the picture has none.
    pub(crate) recorded: Option<&'static str>,
}

impl Runner<'_> {
    /// Plays every variant of a lesson, which the arguments `again` choose once more in a child;
    /// tells whether each showed what it promises.
    pub(crate) fn run(&mut self, chosen: &Chosen) -> io::Result<bool> {
        let (name, again) = (chosen.lesson.name, &chosen.again);
        let names = chosen.variants.iter().map(|variant| variant.name.len()).max().unwrap_or(0);
        // One picture to a screen, at its top, of what breaks if anything does; `--variant` shows
        // that of another variant.
        let mut variants: Vec<_> = chosen.variants.iter().collect();
        let pictured =
            variants.iter().position(|variant| variant.promise != Promise::Holds).unwrap_or(0);
        variants[..=pictured].rotate_right(1);
        let first = variants[0].name;
        let mut kept = true;
        for (index, variant) in variants.into_iter().enumerate() {
            let lanes = index == 0;
            let title = format!("{name} {}", variant.name);
            kept &= match variant.promise {
                Promise::Deadlocks => self.deadlock(variant, again, (names, lanes), &title)?,
                _ => self.here(variant, names, lanes, &title)?,
            };
        }
        self.recorded = self.recorded.filter(|&name| name != first);
        Ok(kept)
    }

    /// Runs a variant in a child, which has to deadlock.
    fn deadlock(
        &mut self,
        variant: &Variant,
        again: &[OsString],
        (names, draw): (usize, bool),
        title: &str,
    ) -> io::Result<bool> {
        let watched = with_spinner(variant.name, || {
            child::watch(
                Command::new(kit::child::program()?).args(again),
                variant.name,
                variant.deadline,
            )
        });
        let seen = match watched {
            Ok(seen) => seen,
            Err(error) => {
                let why = advised(&format!("it could not be run in a process of its own: {error}"));
                self.report(variant, names, &Err(why))?;
                return Ok(false);
            }
        };
        if let Some(trace) = &mut self.trace {
            let process = format!("{} {title} (child)", self.topic);
            trace.add(title, (&process, seen.pid), &seen.records, seen.time.clone());
        }
        let mut lanes = Lanes::new(&seen.records, Some(seen.time.end));
        if let End::Deadlocked(cycle) = &seen.end {
            for wait in &cycle.waits {
                lanes = lanes.ended(&wait.lane, wait.to_string());
            }
        }
        self.lanes(variant, &lanes, draw)?;
        let (word, rest) = verdict(variant, &seen);
        self.terminal.wrap_after(
            &format!("  {:<names$}  ", variant.name),
            (word, Style::Bad),
            &rest,
        )?;
        if draw && !matches!(seen.end, End::Exited(_)) {
            self.terminal.wrap("  seen from outside: ", Style::Quiet, &outside(&seen))?;
            self.terminal.gap();
        }
        Ok(matches!(seen.end, End::Deadlocked(_)))
    }

    /// Runs a variant in this process, which it has to leave within the deadline.
    fn here(
        &mut self,
        variant: &Variant,
        names: usize,
        draw: bool,
        title: &str,
    ) -> io::Result<bool> {
        let began = now();
        let shown = with_spinner(variant.name, || within(variant, GRACE));
        let run = self.memory.drain();
        if let Some(trace) = &mut self.trace {
            trace.add(title, (self.topic, std::process::id()), &run.records, began..now());
        }
        self.lanes(variant, &Lanes::new(&run.records, None), draw)?;
        if draw && run.missed > 0 {
            let missed = format!("its beginning: {} more events are not drawn", run.missed);
            self.terminal.wrap("  ", Style::Quiet, &missed)?;
            self.terminal.gap();
        }
        self.report(variant, names, &shown)?;
        Ok(shown.is_ok())
    }

    /// Draws the lanes of a variant, under its name, if they are to be drawn.
    fn lanes(&mut self, variant: &Variant, lanes: &Lanes, draw: bool) -> io::Result<()> {
        if !lanes.is_empty() {
            self.recorded = self.recorded.or(Some(variant.name));
        }
        if draw {
            if !lanes.is_empty() {
                // The name stands in place of an empty line: a screen has few.
                self.terminal.no_gap();
                lanes.draw(&format!("lanes of {}", variant.name), self.terminal)?;
            }
            self.terminal.gap();
        }
        Ok(())
    }

    fn report(&mut self, variant: &Variant, names: usize, shown: &Checked) -> io::Result<()> {
        let (word, style) = match (shown, variant.promise) {
            (Err(_), _) => ("not as promised", Style::Bad),
            (Ok(Report { kind: Kind::NotHere, .. }), _) => ("cannot be shown here", Style::Quiet),
            (Ok(Report { kind: Kind::Measured, .. }), _) => ("measured", Style::Quiet),
            (Ok(Report { kind: Kind::Modelled, .. }), _) => {
                ("shown by the model checker only", Style::Quiet)
            }
            (Ok(_), Promise::Holds) => ("holds", Style::Good),
            (Ok(_), _) => ("breaks, as it must", Style::Bad),
        };
        let Report { line, facts, .. } = match shown {
            Ok(report) => report.clone(),
            Err(why) => Report::new(why),
        };
        self.terminal.wrap_after(&format!("  {:<names$}  ", variant.name), (word, style), &line)?;
        let labels = facts.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
        // Below the word; on a narrow terminal further to the left, or else each value below its
        // label.
        let fits = |indent: &usize| indent + labels + 2 + 20 <= self.terminal.width();
        let indent = [names + 6, 4].into_iter().find(fits);
        for (label, value) in facts {
            match indent {
                Some(indent) => {
                    self.terminal.wrap(
                        &format!("{:indent$}{label:<labels$}  ", ""),
                        Style::Quiet,
                        &value,
                    )?;
                }
                None => {
                    if !label.is_empty() {
                        self.terminal.wrap("    ", Style::Quiet, &label)?;
                    }
                    self.terminal.wrap("      ", Style::Plain, &value)?;
                }
            }
        }
        Ok(())
    }
}

/// How long a lesson has to end after one of its threads has met a limit of the system.
pub(crate) const GRACE: Duration = Duration::from_secs(1);

/// What is heard of a variant that runs.
enum Heard {
    Ended(Checked),
    /// One of its threads met a limit of the system.
    Short(&'static str),
}

/// Runs a variant on a thread of its own; one that hangs is left behind, and reported.
pub(crate) fn within(variant: &Variant, grace: Duration) -> Checked {
    let (sender, receiver) = mpsc::channel();
    let real = variant.real.clone();
    // Nobody listens where the variant has been left behind.
    let short = sender.clone();
    panics::on_shortage(move |limit| drop(short.send(Heard::Short(limit))));
    let run = move || {
        let shown = panic::catch_unwind(AssertUnwindSafe(|| real()));
        let shown = shown.unwrap_or_else(|_| Err(format!("it panicked: {}", panics::last())));
        let _ = sender.send(Heard::Ended(shown));
    };
    let run = std::thread::Builder::new().name("lesson".into()).spawn(run);
    run.map_err(|error| advised(&format!("no thread could be started: {error}")))?;
    let (mut limit, mut began, mut most) = (None, Instant::now(), variant.deadline);
    loop {
        match (receiver.recv_timeout(most.saturating_sub(began.elapsed())), limit) {
            // What the lesson's other threads come to without that one is its consequence.
            (Ok(Heard::Ended(Err(_))) | Err(_), Some(limit)) => {
                left_behind::note();
                return Err(String::from(limit));
            }
            (Ok(Heard::Ended(shown)), _) => return shown.map_err(|why| advised(&why)),
            (Ok(Heard::Short(_)), Some(_)) => {}
            (Ok(Heard::Short(which)), None) => {
                (limit, began, most) = (Some(which), Instant::now(), grace);
            }
            (Err(_), None) => {
                left_behind::note();
                return Err(format!("it did not end within {:?}", variant.deadline));
            }
        }
    }
}

/// Adds what to do to a complaint about a limit of the system.
fn advised(why: &str) -> String {
    shortage::of(why).map_or_else(|| why.to_owned(), |limit| format!("{why}: {limit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_cannot_be_started_ends_a_lesson_whose_other_threads_wait_for_it() {
        panics::watch();
        let variant = Variant::holds("waits", || {
            let refused = io::Error::from(rustix::io::Errno::AGAIN);
            std::thread::spawn(move || {
                panic!("the system has room for another thread: {refused:?}")
            });
            loop {
                std::thread::park();
            }
        });
        let began = Instant::now();
        let grace = Duration::from_millis(20);
        let shown = within(&variant.within(Duration::from_secs(600)), grace);
        let _ = panic::take_hook();
        let why = shown.expect_err("it could not be shown");
        assert!(why.contains("ulimit -u") && !why.contains("panicked"), "{why}");
        assert!(began.elapsed() < Duration::from_secs(60));
    }
}
