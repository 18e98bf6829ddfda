//! The quiz on the command line: `quiz` about every lesson, `--quiz` about one.

use clap::{ArgMatches, Command};

use crate::options::Options;

/// The subcommand, which no lesson may be called.
pub(super) const NAME: &str = "quiz";

/// What a quiz is, for its help.
pub(super) const STORY: &str = "Each question is about the model of a variant. What is true is \
     computed when it is asked, and the command that proves it is printed.";

/// Returns the subcommand of every topic.
pub(super) fn command() -> Command {
    Command::new(NAME).about("five questions on all lessons: say first what will happen")
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
    if options.variant.is_some() && matches.subcommand_name() == Some(NAME) {
        let one = "a quiz about one is LESSON --quiz --variant NAME";
        return Some(format!("--variant is of one lesson, and quiz is of all: {one}"));
    }
    let ignored = [
        ("--list", options.list),
        ("--explore", options.explore),
        ("--play", options.play),
        ("--weaken", options.weaken),
        ("--page", options.page.is_some()),
        ("--python", options.python),
        ("--schedules", options.schedules.is_some()),
        ("--schedule", options.schedule.is_some()),
        ("--source", options.source),
        ("--trace", options.trace.is_some()),
    ];
    let (option, _) = ignored.into_iter().find(|(_, given)| *given)?;
    Some(format!("{option} does not go with a quiz, which asks questions: leave it out"))
}
