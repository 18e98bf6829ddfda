//! What rustc refuses.

use std::io::ErrorKind;

use stage::{Form, Lesson, Report, Shown};
use thread_safety::compiler::{ALL, Program};

pub(crate) fn compiler() -> Lesson {
    let form = |program: &'static Program| {
        Form::holds(program.name, || refused(program)).story(program.story)
    };
    Lesson::new("thread-safety/src/compiler/", ALL.iter().map(form))
}

fn refused(program: &Program) -> Shown {
    let Program { code, line, why, .. } = program;
    let verdict = match program.ask() {
        Ok(verdict) => verdict,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(Report::not_here(format!("not asked: no rustc is here ({line}: {why})")));
        }
        Err(error) => return Err(format!("rustc could not be asked: {error}")),
    };
    if verdict.refused != [*code] {
        return Err(format!("{line}: rustc said {:?}, not {code}", verdict.refused));
    }
    if !verdict.mended.is_empty() {
        return Err(format!("the mended twin is not taken: {}", verdict.mended));
    }
    Ok(Report::new(format!("{code}  {line}: {why}")))
}
