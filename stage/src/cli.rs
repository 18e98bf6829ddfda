//! The command line that every topic has: no argument is the tour, a word is a lesson.

use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::error::ErrorKind;
use clap::{Args, Command, FromArgMatches};
use tracing_subscriber::layer::SubscriberExt;

use crate::child;
use crate::chosen::Chosen;
use crate::left_behind;
use crate::lesson::Lesson;
use crate::options::Options;
use crate::panics;
use crate::record::Recorder;
use crate::recording::Recording;
use crate::show::Runner;
use crate::terminal::{Style, Terminal};
use crate::trace::Trace;
use crate::typed::typed;

pub use self::help::help_screen;
pub use self::refusal::refusal;

mod chosen;
mod help;
mod lens;
#[cfg_attr(not(feature = "explore"), path = "cli/without_explorer.rs")]
mod lenses;
mod list;
mod misplaced;
mod python;
mod python_guard;
mod quiz;
mod refusal;

/// A topic's command line: a subcommand a lesson.
pub(crate) struct Topic {
    name: &'static str,
    about: &'static str,
    lessons: Vec<Lesson>,
}

impl Topic {
    fn command(&self) -> Command {
        let command = Command::new(self.name).bin_name(typed(self.name));
        let command = command.version(env!("CARGO_PKG_VERSION"));
        // The options of a lesson's own come before these.
        let command = command.allow_negative_numbers(true).next_display_order(100);
        let command = Options::augment_args(command).about(self.about).long_about(None);
        let command = command.disable_help_subcommand(true).mut_arg("color", |color| {
            let color = color.help("Uses colour: auto, always or never");
            color.hide_default_value(true).hide_possible_values(true)
        });
        command.subcommands(self.lessons.iter().map(Lesson::command)).subcommand(quiz::command())
    }
}

/// Why a run ended early.
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
///
/// `name` is the package's; `about` is what its help says first.
pub fn main(
    name: &'static str,
    about: &'static str,
    lessons: impl IntoIterator<Item = Lesson>,
) -> ExitCode {
    // Children are waited for, and listen to signals, whatever this process has inherited.
    kit::inherited::restore();
    if let Some(code) = python_guard::guard() {
        return code;
    }
    let topic = Topic { name, about, lessons: lessons.into_iter().collect() };
    let ended = panic::catch_unwind(AssertUnwindSafe(|| topic.run()));
    left_behind::end_processes();
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
    let _ = writeln!(io::stderr(), "{name}: {said}");
    ExitCode::from(code)
}

impl Topic {
    fn run(&self) -> Result<bool, Error> {
        let topic = self.name;
        let arguments = help::arguments();
        let parsed = self.command().try_get_matches_from(&arguments).and_then(|matches| {
            let options = Options::from_arg_matches(&matches)?;
            Ok((matches, options))
        });
        let (matches, options) = match parsed {
            Ok(parsed) => parsed,
            Err(error) if error.kind() == ErrorKind::DisplayHelp => {
                return self.help(&arguments).map(|()| true);
            }
            Err(error) if !error.use_stderr() => return Ok(error.print().map(|()| true)?),
            Err(error) => {
                let misplaced = self.misplaced(&error);
                return Err(Error::Request(
                    misplaced.unwrap_or_else(|| refusal(&error, &self.command())),
                ));
            }
        };
        panics::watch();
        let mut lessons = self.chosen(&matches)?;
        if let Some(variant) = child::variant() {
            return run_child(lessons, &variant);
        }
        options.color.write_global();
        let mut terminal = Terminal::new(options.color.as_choice(), options.width.map(usize::from));
        let wrong = self.impossible(&lessons, &matches);
        let without_effect = || refusal::without_effect(&self.command(), &matches, &options);
        if let Some(wrong) = wrong.or_else(without_effect) {
            return Err(Error::Request(wrong));
        }
        if let Some(variant) = &options.variant {
            chosen::keep(&mut lessons, variant)?;
        }
        if options.list {
            return Ok(list::list(&mut terminal, &lessons).map(|()| true)?);
        }
        if options.python {
            return self.python(&mut terminal, &lessons);
        }
        if lens::is_asked_for(&matches, &options) {
            self.has_models(&lessons, &options)?;
            return self.look(&mut terminal, &lessons, &matches, &options);
        }
        if options.trace.as_ref().is_some_and(|file| file.as_os_str() == "-") {
            return Err(Error::Request(
                "--trace: the screen is on standard output, and the trace needs a file: name one \
                 (./- is one of that name)"
                    .into(),
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
        let played = play(topic, &mut terminal, &lessons, trace.as_mut());
        // What was run is in the trace, however the run ended.
        if let Some(trace) = trace {
            let nothing = trace.is_empty();
            trace
                .write()
                .map_err(|error| io::Error::new(error.kind(), format!("the trace: {error}")))?;
            if nothing && played.is_ok() {
                let names: Vec<_> = lessons.iter().map(|chosen| chosen.lesson.name).collect();
                return Err(Error::Request(format!(
                    "--trace: nothing is recorded of {}, only what came out is told: \
                     no trace was written",
                    names.join(", ")
                )));
            }
        }
        played
    }
}

/// Has all that is said from now on recorded in memory.
fn recording() -> Arc<Recording> {
    let memory = Arc::new(Recording::default());
    let subscriber = tracing_subscriber::registry().with(Recorder::new(Arc::clone(&memory)));
    // Nobody else in this process sets one.
    let _ = tracing::subscriber::set_global_default(subscriber);
    memory
}

/// Plays the lessons for real; tells whether each showed what it promises.
fn play(
    topic: &str,
    terminal: &mut Terminal,
    lessons: &[Chosen],
    mut trace: Option<&mut Trace>,
) -> Result<bool, Error> {
    let memory = recording();
    let started = Instant::now();
    let (mut broken, mut untraced) = (Vec::new(), Vec::new());
    for chosen in lessons {
        chosen.heading(terminal)?;
        let before = trace.as_ref().map(|trace| trace.len());
        let (memory, recorded) = (&memory, None);
        let mut runner = Runner { terminal, memory, trace: trace.as_deref_mut(), topic, recorded };
        if !runner.run(chosen)? {
            broken.push(chosen.lesson.name);
        }
        let with_lanes = runner.recorded;
        if before.is_some() && trace.as_ref().map(|trace| trace.len()) == before {
            untraced.push(chosen.lesson.name);
        }
        terminal.gap();
        terminal.wrap("  read  ", Style::Quiet, chosen.lesson.source)?;
        if let Some(variant) = with_lanes {
            let again = format!("{} {} --variant {variant}", typed(topic), chosen.lesson.name);
            terminal.command("  lanes:  ", &again)?;
        }
        if chosen.is_modelled() {
            let again = format!("{} {} --explore", typed(topic), chosen.lesson.name);
            terminal.command("  its schedules:  ", &again)?;
        }
        if !chosen.lesson.scripts.is_empty() {
            let again = format!("{} {} --python", typed(topic), chosen.lesson.name);
            terminal.command("  in Python:  ", &again)?;
        }
        terminal.gap();
    }
    if lessons.len() > 1 && !untraced.is_empty() {
        terminal.wrap(
            "not in the trace, for nothing is recorded of them: ",
            Style::Quiet,
            &untraced.join(", "),
        )?;
    }
    if lessons.len() > 1 {
        let (kept, all) = (lessons.len() - broken.len(), lessons.len());
        let seconds = started.elapsed().as_secs_f64();
        let said = format!("{kept} of {all} lessons showed what they promise, in {seconds:.1} s");
        terminal.wrap("", Style::Plain, &said)?;
    }
    let kept = verdict(terminal, &broken)?;
    if lessons.len() > 1 {
        terminal.gap();
        terminal.wrap("  questions and answers  ", Style::Quiet, &format!("{topic}/README.md"))?;
        for (what, of) in [("their names", "--list"), ("ask yourself", "quiz")] {
            terminal.command(&format!("  {what}:  "), &format!("{} {of}", typed(topic)))?;
        }
    }
    Ok(kept)
}

/// Names the lessons that did not show what they promise; tells whether there were none.
fn verdict(terminal: &mut Terminal, broken: &[&str]) -> Result<bool, Error> {
    if !broken.is_empty() {
        terminal.wrap("not as promised: ", Style::Bad, &broken.join(", "))?;
    }
    Ok(broken.is_empty())
}

/// Runs one variant in the child that a lesson is watched in, and never draws.
fn run_child(lessons: Vec<Chosen>, name: &str) -> Result<bool, Error> {
    child::end_with_parent();
    panics::on_shortage(|limit| {
        let _ = writeln!(io::stderr(), "{limit}");
        std::process::exit(1);
    });
    let subscriber = tracing_subscriber::registry().with(Recorder::new(child::Pipe::new()?));
    let _ = tracing::subscriber::set_global_default(subscriber);
    let mut variants = lessons.into_iter().flat_map(|chosen| chosen.variants);
    let variant = variants.find(|known| known.name == name).ok_or_else(|| {
        Error::Request("the child of a lesson wants a lesson and a variant of it".into())
    })?;
    let shown = (variant.real)();
    if let Err(why) = &shown {
        // There is nowhere left to complain when this fails.
        let _ = writeln!(io::stderr(), "{why}");
    }
    Ok(shown.is_ok())
}
