//! The command line that every topic has: no argument is the tour, a word is a lesson.

use std::io::{self, Write};
use std::panic;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use tracing_subscriber::layer::SubscriberExt;

use crate::child;
use crate::explore::Bound;
use crate::lesson::Lesson;
use crate::memory::Memory;
use crate::options::Options;
use crate::page::{Ink, Page};
use crate::record::Recorder;
use crate::show::Player;
use crate::trace::Trace;
use crate::{panics, quiet, schedules};

use self::chosen::{Chosen, chosen};
pub(crate) use self::list::NO_STORY;
pub use self::refusal::refusal;

mod chosen;
mod list;
mod refusal;

/// How many schedules are tried with all orders of independent steps, where all that differ were
/// tried.
const PLAIN: usize = 4_000;

/// A topic's command line: clap's derive, a subcommand a lesson.
pub trait Topic: Parser {
    /// Returns the shared options.
    fn options(&self) -> &Options;

    /// Returns the lesson that was chosen; `None` for the tour.
    fn lesson(&self) -> Option<Lesson>;
}

/// Says why a run ended early.
#[derive(Debug, thiserror::Error)]
enum Error {
    /// The request was wrong: it says what would be right.
    #[error("{0}")]
    Request(String),
    /// Standard output or the trace could not be written, or a child not be started.
    #[error("{0}")]
    Output(#[from] io::Error),
}

/// Runs a topic's binary from its arguments to its exit code: 0 if every lesson showed what it
/// promises, 1 if one did not, 2 if the request was wrong.
pub fn main<T: Topic>() -> ExitCode {
    // Children are waited for, and listen to signals, whatever this process has inherited.
    kit::signals::restore_inherited();
    let topic = T::command().get_name().to_owned();
    let ended = panic::catch_unwind(|| run::<T>(&topic));
    let (code, said) = match ended {
        Ok(Ok(kept)) => return ExitCode::from(u8::from(!kept)),
        // The reader has seen enough.
        Ok(Err(Error::Output(error))) if error.kind() == io::ErrorKind::BrokenPipe => {
            return ExitCode::SUCCESS;
        }
        Ok(Err(error @ Error::Request(_))) => (2, error.to_string()),
        Ok(Err(error @ Error::Output(_))) => (1, error.to_string()),
        Err(_) => (1, format!("this is a fault of the program's own: {}", panics::last())),
    };
    // There is nowhere left to complain when this fails.
    let _ = writeln!(io::stderr(), "{topic}: {said}");
    ExitCode::from(code)
}

fn run<T: Topic>(topic: &str) -> Result<bool, Error> {
    let parsed = T::command()
        .try_get_matches()
        .and_then(|matches| Ok((T::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) if !error.use_stderr() => {
            return Ok(help::<T>(&error).print().map(|()| true)?);
        }
        Err(error) => return Err(Error::Request(refusal(&error, &T::command()))),
    };
    panics::watch();
    if let Some(form) = child::form() {
        return play_child(&cli, &form);
    }
    let options = cli.options();
    options.color.write_global();
    let mut page = Page::new(options.color.as_choice(), options.width.map(usize::from));
    let lessons = chosen(&cli, matches.subcommand_name(), options.form.as_deref())?;
    if let Some(wrong) = refusal::without_effect(&T::command(), &matches, options) {
        return Err(Error::Request(wrong));
    }
    if options.list {
        return Ok(list::list(&mut page, &lessons).map(|()| true)?);
    }
    if options.explore || options.schedule.is_some() {
        return explore::<T>(topic, &mut page, &lessons, options);
    }
    if options.trace.as_ref().is_some_and(|file| file.as_os_str() == "-") {
        return Err(Error::Request(
            "--trace: the screen is on standard output, and the trace needs a file: name one (./- is one of that name)".into(),
        ));
    }
    let unwritable = |file: &PathBuf, error| {
        let file = file.display();
        Error::Request(format!(
            "--trace: {file} cannot be written ({error}); name a file in a folder that can"
        ))
    };
    let opened = options
        .trace
        .as_ref()
        .map(|file| Trace::open(file).map_err(|error| unwritable(file, error)));
    let mut trace = opened.transpose()?;
    let played = play(topic, &mut page, &lessons, trace.as_mut());
    // What was run is in the trace, however the run ended.
    if let Some(trace) = trace {
        let nothing = trace.is_empty();
        trace
            .write()
            .map_err(|error| io::Error::new(error.kind(), format!("the trace: {error}")))?;
        if nothing && played.is_ok() {
            let names: Vec<_> = lessons.iter().map(|chosen| chosen.name.as_str()).collect();
            return Err(Error::Request(format!(
                "--trace: nothing is recorded of {}, only what came out is told: no trace was written",
                names.join(", ")
            )));
        }
    }
    played
}

/// Finds the help that was asked for once more, with the variants and where `--explore` works.
fn help<T: Topic>(asked: &clap::Error) -> clap::Error {
    let again = list::with_help::<T>()
        .ok()
        .and_then(|mut command| command.try_get_matches_from_mut(std::env::args_os()).err());
    again.unwrap_or_else(|| clap::Error::raw(asked.kind(), asked.to_string()))
}

/// Plays the lessons for real; tells whether each showed what it promises.
fn play(
    topic: &str,
    page: &mut Page,
    lessons: &[Chosen],
    mut trace: Option<&mut Trace>,
) -> Result<bool, Error> {
    let memory = Arc::new(Memory::default());
    let subscriber = tracing_subscriber::registry().with(Recorder::new(Arc::clone(&memory)));
    // Nobody else in this process sets one.
    let _ = tracing::subscriber::set_global_default(subscriber);
    let started = Instant::now();
    let (mut broken, mut untraced) = (Vec::new(), Vec::new());
    for chosen in lessons {
        chosen.heading(page)?;
        let before = trace.as_ref().map(|trace| trace.len());
        let mut player =
            Player { page, memory: &memory, trace: trace.as_deref_mut(), topic, undrawn: None };
        if !player.play(&chosen.name, &chosen.lesson, &chosen.again)? {
            broken.push(chosen.name.as_str());
        }
        let no_lanes = player.undrawn.map(|form| format!(" (no lanes: {form} is not recorded)"));
        if before.is_some() && trace.as_ref().map(|trace| trace.len()) == before {
            untraced.push(chosen.name.as_str());
        }
        page.gap();
        let read = format!("{}{}", chosen.lesson.source, no_lanes.unwrap_or_default());
        page.wrap("  read  ", Ink::Quiet, &read)?;
        if chosen.lesson.is_modelled() {
            let again = format!("cargo run -p {topic} -- {} --explore", chosen.name);
            page.command("  its schedules:  ", &again)?;
        }
        page.gap();
    }
    if lessons.len() > 1 && !untraced.is_empty() {
        page.wrap(
            "not in the trace, for nothing is recorded of them: ",
            Ink::Quiet,
            &untraced.join(", "),
        )?;
    }
    if lessons.len() > 1 {
        let (kept, all) = (lessons.len() - broken.len(), lessons.len());
        let seconds = started.elapsed().as_secs_f64();
        page.wrap(
            "",
            Ink::Plain,
            &format!("{kept} of {all} lessons showed what they promise, in {seconds:.1} s"),
        )?;
    }
    verdict(page, &broken)
}

/// Names the lessons that did not show what they promise; tells whether there were none.
fn verdict(page: &mut Page, broken: &[&str]) -> Result<bool, Error> {
    if !broken.is_empty() {
        page.wrap("not as promised: ", Ink::Bad, &broken.join(", "))?;
    }
    Ok(broken.is_empty())
}

fn explore<T: Topic>(
    topic: &str,
    page: &mut Page,
    lessons: &[Chosen],
    options: &Options,
) -> Result<bool, Error> {
    // A number of schedules that is given counts those of all orders.
    let plain = options.schedules.is_none().then_some(PLAIN);
    let mut bound = Bound { plain, ..Bound::default() };
    bound.schedules = options.schedules.map_or(bound.schedules, |most| most as usize);
    bound.seed = options.seed.unwrap_or(bound.seed);
    let modelled: Vec<_> = lessons.iter().filter(|chosen| chosen.lesson.is_modelled()).collect();
    if modelled.is_empty() {
        let with = list::explorable_or_none::<T>()?;
        return Err(Error::Request(format!(
            "there is no model of it to explore; --explore works with {with}"
        )));
    }
    if options.schedule.is_some() && modelled.iter().any(|chosen| chosen.lesson.forms.len() != 1) {
        return Err(Error::Request(
            "--schedule is of one form of one lesson: name it with --form".into(),
        ));
    }
    // Shuttle reports each failing schedule on standard error; here they are counted.
    let _quiet = quiet::stderr()?;
    let mut broken = Vec::new();
    for chosen in modelled {
        let kept = match &options.schedule {
            None => {
                let again = format!("cargo run -p {topic} -- {}", chosen.name);
                schedules::explore_lesson(page, &chosen.name, &chosen.lesson, &bound, &again)?
            }
            Some(schedule) => {
                let again = schedules::replay(page, &chosen.name, &chosen.lesson, schedule)?;
                again.map(|()| true).map_err(Error::Request)?
            }
        };
        if !kept {
            broken.push(chosen.name.as_str());
        }
        page.gap();
    }
    verdict(page, &broken)
}

/// Plays one form in the child that a lesson is watched in, and never draws.
fn play_child<T: Topic>(cli: &T, form: &str) -> Result<bool, Error> {
    child::end_with_parent();
    panics::on_shortage(|limit| {
        let _ = writeln!(io::stderr(), "{limit}");
        std::process::exit(1);
    });
    let subscriber = tracing_subscriber::registry().with(Recorder::new(child::Pipe::new()?));
    let _ = tracing::subscriber::set_global_default(subscriber);
    let lesson = cli
        .lesson()
        .ok_or_else(|| Error::Request("the child of a lesson wants a lesson".into()))?;
    let form = lesson.forms.into_iter().find(|known| known.name == form);
    let form =
        form.ok_or_else(|| Error::Request("the child of a lesson wants a form of it".into()))?;
    let shown = (form.real)();
    if let Err(why) = &shown {
        // There is nowhere left to complain when this fails.
        let _ = writeln!(io::stderr(), "{why}");
    }
    Ok(shown.is_ok())
}
