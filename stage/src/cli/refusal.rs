//! Requests that are wrong, each in one line that says what would be right.

use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use super::quiz;
use crate::options::Options;

/// Puts clap's message into one line: the error and its tip, without the usage; for a value that is
/// no number, with what the option's help says of it.
pub fn refusal(error: &clap::Error, command: &Command) -> String {
    let message = error.to_string();
    let lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let told: Vec<_> = lines
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .collect();
    let mut told = told.join("; ");
    // These are std's words for what its `parse` met.
    for (std_says, is) in [
        ("invalid digit found in string", "it is no whole number"),
        ("cannot parse integer from empty string", "it is empty, and no whole number"),
        ("number too large to fit in target type", "it is too large"),
        ("number too small to fit in target type", "it is too small"),
        ("invalid float literal", "it is no number"),
        ("cannot parse float from empty string", "it is empty, and no number"),
    ] {
        if let Some(rest) = told.strip_suffix(std_says) {
            let help = help_of(error, command).map(|help| format!(" ({help})")).unwrap_or_default();
            told = format!("{rest}{is}{help}");
        }
    }
    let told = told.strip_prefix("error: ").unwrap_or(&told);
    // To clap, a lesson is a subcommand.
    let told = told.replace("unrecognized subcommand", "there is no lesson");
    let told = told.replace("similar subcommand", "similar lesson");
    let typed = command.get_bin_name().unwrap_or(command.get_name());
    // A lesson's options stand in its own help.
    let lesson = std::env::args_os().skip(1).find(|given| command.find_subcommand(given).is_some());
    let lesson = lesson.map(|lesson| format!(" {}", lesson.display())).unwrap_or_default();
    format!("{told}; see {typed}{lesson} --help")
}

/// Returns what is said in `--help` of the argument that an error is about.
fn help_of(error: &clap::Error, command: &Command) -> Option<String> {
    let ContextValue::String(wrong) = error.get(ContextKind::InvalidArg)? else { return None };
    let mut command = command.clone();
    command.build();
    let commands = std::iter::once(&command).chain(command.get_subcommands());
    let argument = commands
        .flat_map(Command::get_arguments)
        .find(|argument| argument.to_string() == *wrong)?;
    argument.get_help().map(ToString::to_string)
}

/// Returns the line on an option that would be accepted without effect; `None` if each has one.
pub(super) fn without_effect(
    command: &Command,
    matches: &ArgMatches,
    options: &Options,
) -> Option<String> {
    let drawn = options.schedules.is_some() || options.seed.is_some();
    if options.schedule.is_some() && drawn {
        return Some(
            "--schedule runs one schedule again: --schedules and --seed choose none; leave them \
             out"
            .into(),
        );
    }
    let asks = quiz::is_asked_for(matches, options);
    if asks {
        if let Some(wrong) = quiz::without_effect(matches, options) {
            return Some(wrong);
        }
    } else if options.weaken {
        // The letters and the seed go with it.
    } else if !options.answer.is_empty() || options.progress.is_some() {
        return Some("--answer and --progress go with --quiz, or with quiz".into());
    } else if options.page.is_none()
        && !options.explore
        && !options.play
        && options.schedule.is_none()
    {
        if options.source {
            return Some("--source goes with --explore or --schedule".into());
        }
        return drawn.then(|| {
            "--schedules goes with --explore or --page, --seed with --explore, a quiz or --weaken"
                .into()
        });
    } else if options.trace.is_some() {
        let model = if options.schedule.is_some() { "--schedule" } else { "--explore" };
        return Some(format!("--trace is of a real run, and {model} has none: choose one of them"));
    }
    let (name, given) = matches.subcommand()?;
    let own = command.find_subcommand(name)?.get_arguments();
    let own = own.filter(|argument| !argument.is_global_set()).find(|argument| {
        given.try_contains_id(argument.get_id().as_str()).is_ok()
            && given.value_source(argument.get_id().as_str()) == Some(ValueSource::CommandLine)
    })?;
    let option = own.get_long().map_or_else(|| own.to_string(), |long| format!("--{long}"));
    Some(format!(
        "{option} is of the real run: the model that is explored has a size of its own; leave it out"
    ))
}
