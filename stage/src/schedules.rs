//! Prints what an exploration found: k of n, and the shortest schedule that fails, a column for each thread.

use std::io;

use comfy_table::{ContentArrangement, Table, presets};

use crate::explore::{self, Bound, Count, Explored, Step};
use crate::lanes::in_order;
use crate::lesson::{Form, Lesson};
use crate::page::{Ink, Line, Page};
use crate::progress::with_spinner;

/// Explores every form of a lesson that has a model; tells whether each keeps its promise: a broken form
/// fails in some schedule, a mended one in none.
pub(crate) fn explore_lesson(
    page: &mut Page,
    lesson: &Lesson,
    bound: &Bound,
    replay: &str,
) -> io::Result<bool> {
    let mut kept = true;
    for form in &lesson.forms {
        let Some((size, fails, model)) = &form.model else { continue };
        let found = with_spinner(&format!("{}, schedule after schedule", form.name), || {
            explore::explore(bound, model)
        });
        kept &= (found.failed() > 0) == form.broken();
        counts(page, form, size, fails, &found, bound)?;
        if let Some(failing) = &found.shortest {
            page.line(
                Line::new()
                    .ink(format!("    the shortest of the {} that {fails}:", found.failed()), Ink::Quiet),
            )?;
            table(page, &failing.steps)?;
            let end =
                if failing.why.starts_with("deadlock") { "nobody can move" } else { failing.why.as_str() };
            page.wrap("          ", Ink::Plain, end)?;
            page.wrap(
                "    again: ",
                Ink::Quiet,
                &format!("{replay} --form {} --schedule {}", form.name, failing.schedule),
            )?;
        }
    }
    Ok(kept)
}

fn counts(
    page: &mut Page,
    form: &Form,
    size: &str,
    fails: &str,
    found: &Explored,
    bound: &Bound,
) -> io::Result<()> {
    let mut row = |what: &str, count: Count, word: &str| {
        let mut line = Line::new();
        let finish = count.run - count.failed - count.cut;
        line.plain(format!("  {what:<34} {:>6} {word:<9}  {finish:>6} finish", count.run));
        if count.failed > 0 {
            line.ink(format!("  {:>6} {fails}", count.failed), Ink::Bad);
        }
        if count.cut > 0 {
            line.plain(format!("  {:>6} go on", count.cut));
        }
        page.line(&line)
    };
    let name = format!("{}, {size}", form.name);
    let Some((few, random)) = found.beyond else {
        return row(
            &name,
            found.depth_first,
            if found.depth_first.run == 1 { "schedule" } else { "schedules" },
        );
    };
    let all = if few.all { "all" } else { "the first" };
    row(&name, found.depth_first, "and more")?;
    row(&format!("  {all} with ≤ {} preemptions", bound.preemptions), few, "")?;
    row(&format!("  at random, --seed {}", bound.seed), random, "")
}

/// Runs one schedule of a lesson's only form again and prints it.
///
/// The outer error is the page's; the inner one says why there is no such schedule.
pub(crate) fn replay(page: &mut Page, lesson: &Lesson, schedule: &str) -> io::Result<Result<(), String>> {
    let modelled = lesson.forms.iter().find_map(|form| form.model.as_ref().map(|(.., model)| (form, model)));
    let Some((form, model)) = modelled else { return Ok(Err("that form has no model".into())) };
    let (steps, why) = match explore::replay(schedule, model) {
        Ok(played) => played,
        Err(why) => return Ok(Err(why)),
    };
    page.text(&format!("  {}, one schedule", form.name))?;
    table(page, &steps)?;
    page.wrap("          ", Ink::Plain, why.as_deref().map_or("all finished", said)).map(Ok)
}

/// Says in a word how a schedule failed.
fn said(why: &str) -> &str {
    if why.starts_with("deadlock") { "nobody can move" } else { why }
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
