//! The command line that every topic has: no argument is the tour, a word is a lesson.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use tracing_subscriber::layer::SubscriberExt;

use crate::child;
use crate::explore::Bound;
use crate::lesson::Lesson;
use crate::page::{Ink, Line, Page};
use crate::record::{Memory, Recorder};
use crate::show::Player;
use crate::trace::{self, Trace};
use crate::{panics, quiet, schedules};

/// The options that all topics share.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Runs the lesson under every schedule instead of for real
    #[arg(long, global = true)]
    explore: bool,

    /// Plays this form of the lesson alone, with its lanes
    #[arg(long, global = true, value_name = "NAME", visible_alias = "strategy")]
    form: Option<String>,

    /// With --explore: tries so many schedules depth first before it samples the rest
    #[arg(long, global = true, value_name = "N", allow_negative_numbers = true, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    schedules: u32,

    /// With --explore: draws the sample from this seed
    #[arg(long, global = true, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Runs one schedule again, as --explore printed it
    #[arg(long, global = true, value_name = "STEPS")]
    schedule: Option<String>,

    /// Writes the run to FILE, for <https://ui.perfetto.dev> or `chrome://tracing`
    #[arg(long, global = true, value_name = "FILE")]
    trace: Option<PathBuf>,

    /// Draws so many columns (40 to 160; the terminal's width if not given, 80 in a pipe)
    #[arg(long, global = true, value_name = "COLUMNS", allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(40..=160))]
    width: Option<u16>,

    #[command(flatten)]
    color: colorchoice_clap::Color,
}

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

/// Runs a topic's binary from its arguments to its exit code: 0 if every lesson showed what it promises, 1 if
/// one did not, 2 if the request was wrong.
pub fn main<T: Topic>() -> ExitCode {
    let command = T::command();
    let topic = command.get_name().to_owned();
    match run::<T>(&topic) {
        Ok(kept) => ExitCode::from(u8::from(!kept)),
        // The reader has seen enough.
        Err(Error::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            // There is nowhere left to complain when this fails.
            let _ = writeln!(io::stderr(), "{topic}: {error}");
            ExitCode::from(if matches!(error, Error::Request(_)) { 2 } else { 1 })
        }
    }
}

fn run<T: Topic>(topic: &str) -> Result<bool, Error> {
    let cli = match T::try_parse() {
        Ok(cli) => cli,
        Err(error) if !error.use_stderr() => return Ok(error.print().map(|()| true)?),
        Err(error) => return Err(Error::Request(one_line(&error.to_string(), topic))),
    };
    if let Some(form) = std::env::var_os(child::FORM) {
        return play_child(&cli, &form);
    }
    let options = cli.options();
    options.color.write_global();
    let mut page = Page::new(options.color.as_choice(), options.width.map(usize::from));
    let lessons = chosen(&cli, options)?;
    if let Some(file) = &options.trace {
        trace::check(file).map_err(|error| {
            Error::Request(format!(
                "--trace: {} cannot be written ({error}); name a file in a folder that can",
                file.display()
            ))
        })?;
    }
    if options.explore || options.schedule.is_some() {
        return explore(topic, &mut page, &lessons, options);
    }

    panics::watch();
    let memory = Arc::new(Memory::default());
    let subscriber = tracing_subscriber::registry().with(Recorder::new(Arc::clone(&memory)));
    // Nobody else in this process sets one.
    let _ = tracing::subscriber::set_global_default(subscriber);
    let mut trace = Trace::default();
    let started = Instant::now();
    let mut broken = Vec::new();
    for chosen in &lessons {
        chosen.heading(&mut page)?;
        let mut player = Player { page: &mut page, memory: &memory, trace: &mut trace, topic };
        if !player.play(&chosen.name, &chosen.lesson, &chosen.again)? {
            broken.push(chosen.name.as_str());
        }
        page.gap();
        page.wrap("  read  ", Ink::Quiet, chosen.lesson.source)?;
        if chosen.lesson.forms.iter().any(|form| form.model.is_some()) {
            let again = format!("cargo run -p {topic} -- {} --explore", chosen.name);
            page.wrap("  every schedule:  ", Ink::Quiet, &again)?;
        }
        page.gap();
    }
    if lessons.len() > 1 {
        let seconds = started.elapsed().as_secs_f64();
        let kept = lessons.len() - broken.len();
        page.text(&format!(
            "{kept} of {} lessons showed what they promise, in {seconds:.1} s",
            lessons.len()
        ))?;
    }
    if !broken.is_empty() {
        page.line(Line::new().ink("not as promised: ", Ink::Bad).plain(broken.join(", ")))?;
    }
    if let Some(file) = &options.trace {
        trace.write(file)?;
    }
    Ok(broken.is_empty())
}

fn explore(topic: &str, page: &mut Page, lessons: &[Chosen], options: &Options) -> Result<bool, Error> {
    let bound = Bound { schedules: options.schedules as usize, seed: options.seed, ..Bound::default() };
    let modelled: Vec<_> =
        lessons.iter().filter(|chosen| chosen.lesson.forms.iter().any(|form| form.model.is_some())).collect();
    if modelled.is_empty() {
        return Err(Error::Request(
            "there is no model of it to explore; see --help for what it shows".into(),
        ));
    }
    if options.schedule.is_some() && modelled.iter().any(|chosen| chosen.lesson.forms.len() != 1) {
        return Err(Error::Request("--schedule is of one form of one lesson: name it with --form".into()));
    }
    // Shuttle reports each failing schedule on standard error; here they are counted.
    let _quiet = quiet::stderr()?;
    let mut broken = Vec::new();
    for chosen in modelled {
        page.line(Line::new().ink(&chosen.name, Ink::Title).plain(", every schedule"))?;
        let kept = match &options.schedule {
            None => {
                let again = format!("cargo run -p {topic} -- {}", chosen.name);
                schedules::explore_lesson(page, &chosen.lesson, &bound, &again)?
            }
            Some(schedule) => {
                schedules::replay(page, &chosen.lesson, schedule)?.map_err(Error::Request)?;
                true
            }
        };
        if !kept {
            broken.push(chosen.name.as_str());
        }
        page.gap();
    }
    if !broken.is_empty() {
        page.line(Line::new().ink("not as promised: ", Ink::Bad).plain(broken.join(", ")))?;
    }
    Ok(broken.is_empty())
}

/// A lesson that will be played.
struct Chosen {
    name: String,
    title: String,
    story: String,
    lesson: Lesson,
    /// The arguments that choose it once more, in a child.
    again: Vec<OsString>,
}

impl Chosen {
    fn heading(&self, page: &mut Page) -> io::Result<()> {
        page.wrap(&format!("{} · ", self.name), Ink::Title, &self.title)?;
        page.wrap("  ", Ink::Plain, &self.story)?;
        page.gap();
        Ok(())
    }
}

/// Finds the lessons to play, with their titles and stories: the first line and the rest of what `--help` says.
fn chosen<T: Topic>(cli: &T, options: &Options) -> Result<Vec<Chosen>, Error> {
    let command = T::command();
    let wanted = std::env::args().skip(1).collect::<Vec<_>>();
    let mut lessons = Vec::new();
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        let name = subcommand.get_name().to_owned();
        let (lesson, again) = match cli.lesson() {
            Some(lesson) if wanted.contains(&name) => (lesson, std::env::args_os().skip(1).collect()),
            Some(_) => continue,
            None => {
                let defaults = T::try_parse_from([command.get_name(), &name]);
                let defaults = defaults.map_err(|error| Error::Request(error.to_string()))?;
                let Some(lesson) = defaults.lesson() else { continue };
                (lesson, vec![name.clone().into()])
            }
        };
        let title = subcommand.get_about().map(ToString::to_string).unwrap_or_default();
        let story = subcommand.get_long_about().map(ToString::to_string).unwrap_or_default();
        let story = story.strip_prefix(title.as_str()).unwrap_or(&story).trim().replace('\n', " ");
        lessons.push(Chosen { name, title, story, lesson, again });
    }
    if let Some(form) = &options.form {
        let [chosen] = lessons.as_mut_slice() else {
            return Err(Error::Request("--form is of one lesson: name the lesson first".into()));
        };
        let names: Vec<_> = chosen.lesson.forms.iter().map(|form| form.name).collect();
        chosen.lesson.forms.retain(|known| known.name == form);
        if chosen.lesson.forms.is_empty() {
            return Err(Error::Request(format!(
                "{} has no form '{form}'; it has {}",
                chosen.name,
                names.join(", ")
            )));
        }
    }
    Ok(lessons)
}

/// Plays one form in the child that a lesson is watched in, and never draws.
fn play_child<T: Topic>(cli: &T, form: &std::ffi::OsStr) -> Result<bool, Error> {
    child::end_with_parent();
    let subscriber = tracing_subscriber::registry().with(Recorder::new(child::Pipe::new()?));
    let _ = tracing::subscriber::set_global_default(subscriber);
    let lesson = cli.lesson().ok_or_else(|| Error::Request("the child of a lesson wants a lesson".into()))?;
    let form = lesson.forms.into_iter().find(|known| known.name == form);
    let form = form.ok_or_else(|| Error::Request("the child of a lesson wants a form of it".into()))?;
    Ok((form.real)().is_ok())
}

/// Puts clap's message into one line: the error and its tip, without the usage.
fn one_line(message: &str, topic: &str) -> String {
    let lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let told: Vec<_> =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more")).collect();
    let told = told.join("; ");
    format!("{}; see {topic} --help", told.strip_prefix("error: ").unwrap_or(&told))
}
