//! What rustc refuses.

use std::io::ErrorKind;

use stage::{Checked, Lesson, Report, Variant};
use thread_safety::compiler::{Program, programs};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("compiler", "programs that rustc refuses")
        .story(
            "Your rustc is asked: it has to refuse each of them with that code (`rustc \
             --explain E0277` says more), and to accept its fixed twin without a warning.",
        )
        .source("thread-safety/src/compiler/programs.md")
        .variants(|| {
            let shown = |program: Program| move || refused(program);
            programs().map(move |row| Variant::holds(row.name, shown(row)).story(row.story))
        })
}

fn refused(program: Program) -> Checked {
    let (line, code, why) = program.summary().ok_or("its sentence is another one")?;
    let verdict = match program.ask() {
        Ok(verdict) => verdict,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(Report::not_here(format!("not asked: no rustc is here ({line}: {why})")));
        }
        Err(error) => return Err(format!("rustc could not be asked: {error}")),
    };
    if verdict.refused != [code] {
        return Err(format!("{line}: rustc said {:?}, not {code}", verdict.refused));
    }
    if !verdict.fixed.is_empty() {
        return Err(format!("the fixed twin is refused: {}", verdict.fixed));
    }
    Ok(Report::new(format!("{code}  {line}: {why}")))
}
