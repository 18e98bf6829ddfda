//! Plays a lesson: runs its forms for real and prints what they showed.

use std::ffi::OsString;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::process::Command;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::child::{self, End, Seen};
use crate::lanes::Lanes;
use crate::lesson::{Form, Kind, Lesson, Promise, Report, Shown};
use crate::memory::Memory;
use crate::page::{Ink, Page, duration};
use crate::panics;
use crate::progress::with_spinner;
use crate::record::now;
use crate::shortage;
use crate::trace::Trace;

/// What lessons are played with.
pub(crate) struct Player<'a> {
    pub(crate) page: &'a mut Page,
    pub(crate) memory: &'a Memory,
    pub(crate) trace: Option<&'a mut Trace>,
    /// The topic, as its binary is called.
    pub(crate) topic: &'a str,
    /// The form whose lanes there would be, had anything been recorded of it.
    pub(crate) undrawn: Option<&'static str>,
}

impl Player<'_> {
    /// Plays every form of a lesson, which the arguments `again` choose once more in a child; tells
    /// whether each showed what it promises.
    pub(crate) fn play(
        &mut self,
        name: &str,
        lesson: &Lesson,
        again: &[OsString],
    ) -> io::Result<bool> {
        let names = lesson.forms.iter().map(|form| form.name.len()).max().unwrap_or(0);
        // One picture to a screen, at its top, of what breaks if anything does; `--form` shows that
        // of another form.
        let mut forms: Vec<_> = lesson.forms.iter().collect();
        let pictured = forms.iter().position(|form| form.promise != Promise::Holds).unwrap_or(0);
        forms[..=pictured].rotate_right(1);
        let mut kept = true;
        for (index, form) in forms.into_iter().enumerate() {
            let lanes = index == 0;
            let title = format!("{name} {}", form.name);
            kept &= match form.promise {
                Promise::Deadlocks => self.deadlock(form, again, (names, lanes), &title)?,
                _ => self.here(form, names, lanes, &title)?,
            };
        }
        Ok(kept)
    }

    /// Runs a form in a child, which has to deadlock.
    fn deadlock(
        &mut self,
        form: &Form,
        again: &[OsString],
        (names, draw): (usize, bool),
        title: &str,
    ) -> io::Result<bool> {
        let watched = with_spinner(form.name, || {
            child::watch(Command::new(child::program()?).args(again), form.name, form.deadline)
        });
        let seen = match watched {
            Ok(seen) => seen,
            Err(error) => {
                let why = advised(&format!("it could not be run in a process of its own: {error}"));
                self.report(form, names, &Err(why))?;
                return Ok(false);
            }
        };
        if let Some(trace) = &mut self.trace {
            let process = format!("{} {title} (child)", self.topic);
            trace.add(title, (&process, seen.pid), &seen.records, seen.time.clone());
        }
        let mut lanes = Lanes::new(&seen.records, Some(seen.time.end));
        if let End::Deadlocked(knot) = &seen.end {
            for wait in &knot.waits {
                lanes = lanes.ended(&wait.lane, wait.to_string());
            }
        }
        if draw {
            self.lanes(form, &lanes)?;
        }
        let (word, rest) = verdict(form, &seen);
        self.page.wrap_after(&format!("  {:<names$}  ", form.name), (word, Ink::Bad), &rest)?;
        if draw && !matches!(seen.end, End::Exited(_)) {
            self.page.wrap("  seen from outside: ", Ink::Quiet, &outside(&seen))?;
            self.page.gap();
        }
        Ok(matches!(seen.end, End::Deadlocked(_)))
    }

    /// Runs a form in this process, which it has to leave within the deadline.
    fn here(&mut self, form: &Form, names: usize, draw: bool, title: &str) -> io::Result<bool> {
        let began = now();
        let shown = with_spinner(form.name, || within(form));
        let run = self.memory.drain();
        if let Some(trace) = &mut self.trace {
            trace.add(title, (self.topic, std::process::id()), &run.records, began..now());
        }
        if draw {
            self.lanes(form, &Lanes::new(&run.records, None))?;
            if run.missed > 0 {
                let missed = format!("its beginning: {} more events are not drawn", run.missed);
                self.page.wrap("  ", Ink::Quiet, &missed)?;
                self.page.gap();
            }
        }
        self.report(form, names, &shown)?;
        Ok(shown.is_ok())
    }

    /// Draws the lanes of a form, under its name.
    fn lanes(&mut self, form: &Form, lanes: &Lanes) -> io::Result<()> {
        self.undrawn = lanes.is_empty().then_some(form.name);
        if !lanes.is_empty() {
            // The name stands in place of an empty line: a screen has few.
            self.page.no_gap();
            self.page.wrap("  lanes of ", Ink::Quiet, form.name)?;
            lanes.draw(self.page)?;
        }
        self.page.gap();
        Ok(())
    }

    fn report(&mut self, form: &Form, names: usize, shown: &Shown) -> io::Result<()> {
        let (word, ink) = match (shown, form.promise) {
            (Err(_), _) => ("not as promised", Ink::Bad),
            (Ok(Report { kind: Kind::NotHere, .. }), _) => ("cannot be shown here", Ink::Quiet),
            (Ok(Report { kind: Kind::Measured, .. }), _) => ("measured", Ink::Quiet),
            (Ok(Report { kind: Kind::Modelled, .. }), _) => {
                ("shown by the model checker only", Ink::Quiet)
            }
            (Ok(_), Promise::Holds) => ("holds", Ink::Good),
            (Ok(_), _) => ("breaks, as it must", Ink::Bad),
        };
        let Report { line, facts, .. } = match shown {
            Ok(report) => report.clone(),
            Err(why) => Report::new(why),
        };
        self.page.wrap_after(&format!("  {:<names$}  ", form.name), (word, ink), &line)?;
        let labels = facts.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
        // Below the word; on a narrow page further to the left, or else each value below its label.
        let fits = |indent: &usize| indent + labels + 2 + 20 <= self.page.width();
        let indent = [names + 6, 4].into_iter().find(fits);
        for (label, value) in facts {
            match indent {
                Some(indent) => {
                    self.page.wrap(
                        &format!("{:indent$}{label:<labels$}  ", ""),
                        Ink::Quiet,
                        &value,
                    )?;
                }
                None => {
                    if !label.is_empty() {
                        self.page.wrap("    ", Ink::Quiet, &label)?;
                    }
                    self.page.wrap("      ", Ink::Plain, &value)?;
                }
            }
        }
        Ok(())
    }
}

/// How long a lesson has to end after one of its threads has met a limit of the system.
const GRACE: Duration = Duration::from_secs(1);

/// What is heard of a form that runs.
enum Heard {
    Ended(Shown),
    /// One of its threads met a limit of the system.
    Short(&'static str),
}

/// Runs a form on a thread of its own; one that hangs is left behind, and reported.
fn within(form: &Form) -> Shown {
    let (sender, receiver) = mpsc::channel();
    let real = form.real.clone();
    // Nobody listens where the form has been left behind.
    let short = sender.clone();
    panics::on_shortage(move |limit| drop(short.send(Heard::Short(limit))));
    let run = move || {
        let shown = panic::catch_unwind(AssertUnwindSafe(|| real()));
        let shown = shown.unwrap_or_else(|_| Err(format!("it panicked: {}", panics::last())));
        let _ = sender.send(Heard::Ended(shown));
    };
    let run = std::thread::Builder::new().name("lesson".into()).spawn(run);
    run.map_err(|error| advised(&format!("no thread could be started: {error}")))?;
    let (mut limit, mut began, mut most) = (None, Instant::now(), form.deadline);
    loop {
        match (receiver.recv_timeout(most.saturating_sub(began.elapsed())), limit) {
            // What the lesson's other threads come to without that one is its consequence.
            (Ok(Heard::Ended(Err(_))) | Err(_), Some(limit)) => return Err(String::from(limit)),
            (Ok(Heard::Ended(shown)), _) => return shown.map_err(|why| advised(&why)),
            (Ok(Heard::Short(_)), Some(_)) => {}
            (Ok(Heard::Short(which)), None) => {
                (limit, began, most) = (Some(which), Instant::now(), GRACE)
            }
            (Err(_), None) => return Err(format!("it did not end within {:?}", form.deadline)),
        }
    }
}

/// Adds what to do to a complaint about a limit of the system.
fn advised(why: &str) -> String {
    shortage::of(why).map_or_else(|| why.to_owned(), |limit| format!("{why}: {limit}"))
}

/// Says how the child ended: the word, and the rest of the sentence.
fn verdict(form: &Form, seen: &Seen) -> (&'static str, String) {
    match &seen.end {
        End::Deadlocked(knot) => {
            let last = seen.records.last().map_or(seen.time.start, |record| record.at);
            (
                "deadlocked",
                format!("after {}, as it must:  {knot}", duration(last - seen.time.start)),
            )
        }
        End::Exited(status) => (
            "not as promised:",
            advised(&format!("it ended, {status}. {}", seen.complaint.trim_end())),
        ),
        End::TimedOut => {
            ("not as promised:", format!("neither ended nor stuck after {:?}", form.deadline))
        }
    }
}

fn outside(seen: &Seen) -> String {
    let Some(threads) = &seen.threads else {
        return "this system does not show another process's threads; the child was ended"
            .to_owned();
    };
    let asleep: Vec<_> = threads.iter().filter(|thread| thread.asleep).collect();
    let mut calls: Vec<_> =
        asleep.iter().map(|thread| thread.call.as_deref().unwrap_or("the kernel")).collect();
    calls.sort_unstable();
    calls.dedup();
    let word = if threads.len() == 1 { "thread" } else { "threads" };
    let place = if calls.is_empty() { String::new() } else { format!(" in {}", calls.join(", ")) };
    format!("{} of {} {word} asleep{place}; then ended", asleep.len(), threads.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_cannot_be_started_ends_a_lesson_whose_other_threads_wait_for_it() {
        panics::watch();
        let form = Form::holds("waits", || {
            let refused = io::Error::from(rustix::io::Errno::AGAIN);
            std::thread::spawn(move || {
                panic!("the system has room for another thread: {refused:?}")
            });
            loop {
                std::thread::park();
            }
        });
        let began = Instant::now();
        let shown = within(&form.within(Duration::from_secs(600)));
        let _ = panic::take_hook();
        let why = shown.expect_err("it could not be shown");
        assert!(why.contains("ulimit -u") && !why.contains("panicked"), "{why}");
        assert!(began.elapsed() < Duration::from_secs(60));
    }
}
