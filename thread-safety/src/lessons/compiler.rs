//! What rustc refuses.

use std::io::ErrorKind;

use stage::{Checked, Lesson, Report, Variant};
use thread_safety::compiler::{ALL, Program};

pub(crate) fn compiler() -> Lesson {
    Lesson::new("compiler", "programs that rustc refuses")
        .story(
            "Your rustc is asked: it has to refuse each of them with that code (`rustc \
             --explain E0277` says more), and to take its fixed twin (`*_mended.rs`) without a \
             word.",
        )
        .source("thread-safety/src/compiler/")
        .variants(compiler_variants)
}

fn compiler_variants() -> Vec<Variant> {
    let form = |program: &'static Program| {
        Variant::holds(program.name, || refused(program)).story(program.story)
    };
    ALL.iter().map(form).collect()
}

fn refused(program: &Program) -> Checked {
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
