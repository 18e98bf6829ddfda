//! The quiz on the command line: `quiz` about every lesson, `--quiz` about one.

use clap::{ArgMatches, Command};

use super::{Chosen, Error, Topic};
use crate::options::Options;
use crate::quiz::{self, Answered, Request, SITTING};
use crate::silence;
use crate::terminal::Terminal;

/// The subcommand, which no lesson may be called.
pub(super) const NAME: &str = "quiz";

/// Returns the subcommand of every topic.
pub(super) fn command() -> Command {
    Command::new(NAME)
        .about("Five questions about all the lessons: say first what will happen")
        .long_about(
            "Five questions about all the lessons: say first what will happen.\n\n\
         Each is about the model of a variant. What is true is computed when it is asked, and the \
         command that proves it is printed.",
        )
}

fn too_many(letters: usize) -> String {
    format!("--answer has {letters} letters, and a quiz has {SITTING} questions")
}

/// Tells whether questions are to be asked.
pub(super) fn is_asked_for(matches: &ArgMatches, options: &Options) -> bool {
    options.quiz || matches.subcommand_name() == Some(NAME)
}

/// Returns the line on an option that a quiz would ignore; `None` if there is none.
pub(super) fn without_effect(matches: &ArgMatches, options: &Options) -> Option<String> {
    if options.quiz && matches.subcommand_name() == Some(NAME) {
        return Some("--quiz is of one lesson, and quiz is of all: leave one of them out".into());
    }
    let ignored = [
        ("--list", options.list),
        ("--explore", options.explore),
        ("--play", options.play),
        ("--weaken", options.weaken),
        ("--page", options.page.is_some()),
        ("--schedules", options.schedules.is_some()),
        ("--schedule", options.schedule.is_some()),
        ("--source", options.source),
        ("--trace", options.trace.is_some()),
    ];
    let (option, _) = ignored.into_iter().find(|(_, given)| *given)?;
    Some(format!("{option} does not go with a quiz, which asks questions: leave it out"))
}

impl Topic {
    /// Asks who notices a line that is weakened.
    pub(super) fn weaken(
        &self,
        terminal: &mut Terminal,
        lessons: &[Chosen],
        options: &Options,
    ) -> Result<bool, Error> {
        if options.answer.len() > SITTING {
            return Err(Error::Request(too_many(options.answer.len())));
        }
        if lessons.iter().all(|chosen| chosen.lesson.mutants.is_empty()) {
            let with = self.lessons.iter().filter(|lesson| !lesson.mutants.is_empty());
            let with: Vec<_> = with.map(|lesson| lesson.name).collect();
            let with =
                if with.is_empty() { "no lesson of this topic".into() } else { with.join(", ") };
            return Err(Error::Request(format!(
                "nothing is weakened of it; --weaken works with {with}"
            )));
        }
        let which = match lessons {
            [one] => format!("{} --weaken", one.lesson.name),
            _ => "--weaken".to_owned(),
        };
        let request = Request {
            topic: self.name,
            lessons,
            seed: options.seed.unwrap_or(1),
            answers: (!options.answer.is_empty()).then_some(options.answer.as_slice()),
            again: format!("cargo run -p {} -- {which}", self.name),
        };
        // Shuttle and a test that panics report on standard error; here that is what is asked about.
        let _quiet = silence::stderr()?;
        Ok(quiz::weaken(terminal, &request).map(|()| true)?)
    }

    pub(super) fn quiz(
        &self,
        terminal: &mut Terminal,
        lessons: &[Chosen],
        options: &Options,
    ) -> Result<bool, Error> {
        if options.answer.len() > SITTING {
            return Err(Error::Request(too_many(options.answer.len())));
        }
        if !lessons.iter().any(Chosen::is_modelled) {
            return Err(Error::Request(self.no_model()?));
        }
        let opened = options.progress.as_deref().map(Answered::open).transpose();
        let mut answered = opened.map_err(Error::Request)?;
        let which = match lessons {
            [one] => format!("{} --quiz", one.lesson.name),
            _ => NAME.to_owned(),
        };
        let mut again = format!("cargo run -p {} -- {which}", self.name);
        if let Some(name) = &options.variant {
            again += &format!(" --variant {name}");
        }
        if let Some(file) = &options.progress {
            again += &format!(" --progress {}", file.display());
        }
        let request = Request {
            topic: self.name,
            lessons,
            seed: options.seed.unwrap_or(1),
            answers: (!options.answer.is_empty()).then_some(options.answer.as_slice()),
            again,
        };
        // Shuttle reports each failing schedule on standard error; here they are asked about.
        let _quiet = silence::stderr()?;
        Ok(quiz::sit(terminal, &request, answered.as_mut()).map(|()| true)?)
    }
}
