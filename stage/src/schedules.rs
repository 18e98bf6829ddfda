//! Prints what an exploration found: k of n, and the shortest schedule that fails, a column for each thread.

use std::io;

use comfy_table::{ContentArrangement, Table, presets};

use crate::explore::{self, Bound, Count, Explored, Step};
use crate::lanes::in_order;
use crate::lesson::{Lesson, Promise};
use crate::page::{Ink, Line, Page};
use crate::progress::with_spinner;

/// Explores every form of a lesson that has a model; tells whether each keeps its promise: one that deadlocks or breaks
/// does so in some schedule, and fails in no other way; one that holds fails in none, and finishes in some.
pub(crate) fn explore_lesson(
    page: &mut Page,
    lesson: &Lesson,
    bound: &Bound,
    replay: &str,
) -> io::Result<bool> {
    let mut kept = true;
    for form in &lesson.forms {
        let Some((size, fails, model)) = &form.model else { continue };
        let under_way = format!("{}, schedule after schedule", form.name);
        let found = with_spinner(&under_way, || explore::explore(bound, model));
        kept &= keeps(form.promise, &found);
        counts(page, &format!("{}, {size}", form.name), fails, &found, bound)?;
        if let Some(failing) = &found.shortest {
            page.line(Line::new().ink("    the shortest found:", Ink::Quiet))?;
            table(page, &failing.steps)?;
            page.wrap("          ", Ink::Plain, &failing.why.to_string())?;
            let again = format!("{replay} --form {} --schedule {}", form.name, failing.schedule);
            page.wrap("    again: ", Ink::Quiet, &again)?;
        }
    }
    Ok(kept)
}

fn keeps(promise: Promise, found: &Explored) -> bool {
    let counts = found.counts();
    let (deadlocked, panicked) =
        counts.iter().fold((0, 0), |(one, other), count| (one + count.deadlocked, other + count.panicked));
    match promise {
        Promise::Deadlocks => deadlocked > 0 && panicked == 0,
        Promise::Breaks => panicked > 0 && deadlocked == 0,
        Promise::Holds => deadlocked + panicked == 0 && counts.iter().all(|count| count.finished() > 0),
    }
}

/// Prints a line for each search: in columns where the page is wide enough for them.
fn counts(page: &mut Page, name: &str, fails: &str, found: &Explored, bound: &Bound) -> io::Result<()> {
    let mut row = |what: &str, count: Count, word: &str| {
        let mut ends = format!("{:>6} finish", count.finished());
        if count.failed() > 0 {
            ends += &format!(" {:>6} {fails}", count.failed());
        }
        if count.cut > 0 {
            ends += &format!(" {:>6} go on", count.cut);
        }
        let line = format!("  {what:<30} {:>6} {word:<9} {ends}", count.run);
        if line.trim_end().chars().count() <= page.width() {
            page.text(&line)
        } else {
            let words: Vec<_> = line.split_whitespace().collect();
            page.wrap("  ", Ink::Plain, &words.join(" "))
        }
    };
    let Some((few, random)) = found.beyond else {
        return row(
            name,
            found.depth_first,
            if found.depth_first.run == 1 { "schedule" } else { "schedules" },
        );
    };
    let all = if few.all { "all" } else { "some" };
    row(name, found.depth_first, if found.depth_first.all { "" } else { "and more" })?;
    row(&format!("  {all} of at most {} preemptions", bound.preemptions), few, "")?;
    row(&format!("  at random, --seed {}", bound.seed), random, "")
}

/// Runs one schedule of a lesson's only form again and prints it.
///
/// The outer error is the page's; the inner one says why there is no such schedule.
pub(crate) fn replay(
    page: &mut Page,
    name: &str,
    lesson: &Lesson,
    schedule: &str,
) -> io::Result<Result<(), String>> {
    let modelled = lesson.forms.iter().find_map(|form| form.model.as_ref().map(|(.., model)| (form, model)));
    let Some((form, model)) = modelled else { return Ok(Err("that form has no model".into())) };
    let (steps, why) = match explore::replay(schedule, model) {
        Ok(played) => played,
        Err(why) => return Ok(Err(why)),
    };
    page.line(Line::new().ink(name, Ink::Title).plain(format!(", one schedule of {}", form.name)))?;
    table(page, &steps)?;
    page.wrap("          ", Ink::Plain, &why.map_or("all finished".to_owned(), |why| why.to_string())).map(Ok)
}

fn table(page: &mut Page, steps: &[Step]) -> io::Result<()> {
    let mut lanes: Vec<&str> = Vec::new();
    for step in steps {
        if !lanes.contains(&step.lane.as_str()) {
            lanes.push(&step.lane);
        }
    }
    lanes.sort_by_cached_key(|lane| in_order(lane));
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(page.width().saturating_sub(6)).unwrap_or(u16::MAX));
    table.set_header(std::iter::once("step").chain(lanes.iter().copied()));
    for (index, step) in steps.iter().enumerate() {
        let cells =
            lanes.iter().map(|&lane| if lane == step.lane { step.did.clone() } else { String::new() });
        table.add_row(std::iter::once((index + 1).to_string()).chain(cells));
    }
    for line in table.lines() {
        page.text(&format!("     {line}"))?;
    }
    Ok(())
}
