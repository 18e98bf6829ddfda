//! The Python scripts of a topic: each prints what it says, and belongs to a lesson.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};

/// The lines that a script may have at the most: it is read on one screen or two.
const LINES: usize = 60;

/// Returns a test of all scripts in the topic's folder `python`, which may be missing: they end
/// unread; and one of each: the script prints what its docstring says, is short, and some lesson
/// names it. Where there is no Python, the tests say so and only read.
pub(crate) fn trials(topic: &Path) -> Vec<Trial> {
    let mut lessons = String::new();
    crate::cited::append(&topic.join("src/lessons"), &mut lessons);
    let trial = |path: PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let named = lessons.contains(&format!(".python(\"{name}\")"));
        Trial::test(format!("python/{name}: prints what it says"), move || {
            if !named {
                return Err(format!("no lesson names {name}").into());
            }
            check(&path)
        })
    };
    let paths = paths(topic);
    let all = paths.clone();
    let unread =
        Trial::test("python: each script ends when nobody reads what it prints", move || {
            every_script_ends_unread(&all)
        });
    // First, for it starts them all: the others run beside it.
    std::iter::once(unread).chain(paths.into_iter().map(trial)).collect()
}

fn paths(topic: &Path) -> Vec<PathBuf> {
    let scripts = std::fs::read_dir(topic.join("python")).into_iter().flatten().flatten();
    let mut paths: Vec<_> = scripts.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|is| is == "py"));
    paths.sort();
    paths
}

/// Starts all scripts, and reads nothing that they print: each has to end all the same, within a
/// minute. A script that waits for a thread or process of its own waits with a timeout: what ends that
/// wait may come after a line that cannot be printed.
fn every_script_ends_unread(scripts: &[PathBuf]) -> Result<(), Failed> {
    let mut started = Vec::new();
    for path in scripts {
        let Some(mut command) = python() else { return Ok(()) };
        command.arg(path).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut python = command.spawn()?;
        drop(python.stdout.take());
        started.push((path, kit::child::ChildGuard::of(python, Duration::from_secs(60))));
    }
    for (path, mut script) in started {
        script.wait().map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

fn check(path: &Path) -> Result<(), Failed> {
    let script = std::fs::read_to_string(path)?;
    let lines = script.lines().count();
    if lines > LINES {
        return Err(format!("{lines} lines, more than {LINES}").into());
    }
    let promised =
        kit::python::promised(&script).ok_or("its docstring has no lines below Prints:")?;
    let Some(mut python) = python() else { return Ok(()) };
    let output = kit::child::output(python.arg(path), Duration::from_secs(60))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (printed, said) = (text(&output.stdout), text(&output.stderr));
    let lines: Vec<_> = printed.lines().collect();
    if output.status.success() && kit::python::keeps(&promised, &lines) {
        return Ok(());
    }
    Err(format!("it ended with {}, and printed:\n{printed}{said}", output.status).into())
}

/// Returns a command that starts the interpreter; `None`, said aloud, where there is no Python.
///
/// What is called `python3` may be a shell script that looks for the interpreter, which takes
/// longer than many of the scripts here: it is asked once.
fn python() -> Option<Command> {
    static INTERPRETER: OnceLock<Option<String>> = OnceLock::new();
    let interpreter =
        INTERPRETER.get_or_init(|| crate::python("import sys; print(sys.executable)"));
    interpreter.as_deref().map(|path| kit::python::command_of(path.as_ref()))
}
