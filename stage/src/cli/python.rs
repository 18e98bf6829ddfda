//! `--python`: the scripts that show the same as a lesson, printed and run.

use super::python_guard::{self, DEADLINE};
use super::{Error, Topic, lens};
use crate::chosen::Chosen;
use crate::progress::with_spinner;
use crate::source;
use crate::terminal::{Style, Terminal};

impl Topic {
    /// Prints each script of the one lesson that was chosen and runs it; tells whether each printed
    /// what it says.
    pub(super) fn python(
        &self,
        terminal: &mut Terminal,
        lessons: &[Chosen],
    ) -> Result<bool, Error> {
        let chosen = lens::the_one("--python", lessons)?;
        let mut kept = true;
        for script in &chosen.lesson.scripts {
            kept &= run(terminal, &format!("{}/python/{script}.py", self.name))?;
            terminal.gap();
        }
        Ok(kept)
    }
}

/// Prints a script and, where there is a Python, what it prints; tells whether that is what it says.
fn run(terminal: &mut Terminal, path: &str) -> Result<bool, Error> {
    let Some(script) = source::text(path) else {
        return Err(Error::Request(format!(
            "{path} cannot be read: run this where the workspace is, or was built"
        )));
    };
    terminal.wrap("", Style::Title, path)?;
    for line in script.lines() {
        terminal.text(line)?;
    }
    terminal.gap();
    let output = with_spinner("python", || python_guard::output(&source::found(path)));
    let name = kit::python::program();
    let name = name.to_string_lossy();
    let output = match output {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {
            let told = format!("it has not ended after {} s, and was killed", DEADLINE.as_secs());
            return Ok(terminal.wrap("  ", Style::Bad, &told).map(|()| false)?);
        }
        Err(error) => {
            let told = format!(
                "it is not run: {name} cannot be started ({error}); install Python 3.8 or newer, or \
                 name one by the environment variable PYTHON"
            );
            return Ok(terminal.wrap("  ", Style::Note, &told).map(|()| true)?);
        }
    };
    let (printed, said) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    terminal.wrap("", Style::Quiet, &format!("{name} prints:"))?;
    for line in printed.lines() {
        terminal.text(&format!("  {line}"))?;
    }
    terminal.gap();
    if !output.status.success() {
        let last = kit::child::last_line(said.lines());
        let last = last.map_or(String::new(), |last| format!(": {last}"));
        let told = format!("it failed, with {}{last}", output.status);
        return Ok(terminal.wrap("  ", Style::Bad, &told).map(|()| false)?);
    }
    let printed: Vec<_> = printed.lines().collect();
    let promised = kit::python::promised(&script);
    let (kept, style, told) = match promised {
        Some(promised) if kit::python::keeps(&promised, &printed) => {
            (true, Style::Good, "it printed what it says above")
        }
        Some(_) => (false, Style::Bad, "it printed something else than it says above"),
        None => (true, Style::Quiet, "it does not say what it prints"),
    };
    terminal.wrap("  ", style, told)?;
    Ok(kept)
}
