//! The answer to a command line that asks for nothing to be ranked: a help, or what would be right.

use std::ffi::OsString;

use clap::CommandFactory;
use clap::error::ErrorKind;

use super::{Cli, Error};

/// Prints the help or the version that was asked for, and returns the exit code; or says what is wrong.
pub(crate) fn answer(asked: &clap::Error) -> Result<u8, Error> {
    let refused = |error: &_| Error::Request(stage::refusal(error, &Cli::command()));
    if asked.kind() == ErrorKind::DisplayHelp {
        let arguments: Vec<OsString> = std::env::args_os().collect();
        let screen = stage::help_screen(Cli::command(), &arguments);
        screen.map_err(|error| refused(&error))?.help(Cli::command(), &arguments)?;
    } else if asked.use_stderr() {
        return Err(refused(asked));
    } else {
        asked.print()?;
    }
    Ok(0)
}
