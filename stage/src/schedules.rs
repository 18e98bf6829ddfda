//! Prints what an exploration found: k of n, and the shortest schedule that fails, a column for
//! each thread.

use std::io;

use crate::chosen::Chosen;
use crate::explore::{self, Bound, Count, Explored};
use crate::lesson::{Modelled, Promise};
use crate::progress::with_spinner;
use crate::terminal::{Line, NEVER_WRAPPED, Style, Terminal, grouped};

pub(crate) use self::table::Table;

mod table;

/// Explores every variant of a lesson that has a model; tells whether each keeps its promise: one
/// that deadlocks or breaks does so in some schedule, and fails in no other way; one that holds
/// fails in none, and finishes in some.
pub(crate) fn explore_lesson(
    terminal: &mut Terminal,
    chosen: &Chosen,
    bound: &Bound,
    (replay, with_source): (&str, bool),
    words: &mut Words,
) -> io::Result<bool> {
    let mut explored = Vec::new();
    for variant in &chosen.variants {
        let Some(model) = &variant.model else { continue };
        let under_way = format!("{}, schedule after schedule", variant.name);
        let found = with_spinner(&under_way, || explore::explore(bound, &model.run));
        explored.push((variant, model, found));
    }
    // Only now is it known which searches came to their end.
    let all = explored.iter().all(|(.., found)| found.exhaustive());
    let how = if all { ", every schedule" } else { ", schedule by schedule" };
    terminal.line(Line::new().styled(chosen.lesson.name, Style::Title).plain(how))?;
    let rows = explored.iter().flat_map(|(_, model, found)| {
        shown(found).map(|count| ends_of(count, model.fails).concat().chars().count())
    });
    // Long words for a failure take their room from the column of names, in each row alike.
    let names = terminal.width().saturating_sub(3 + rows.max().unwrap_or(0)).min(30);
    let mut kept = true;
    for (variant, model, found) in explored {
        let keeps = keeps(variant.promise, &found);
        kept &= keeps;
        words.sampled |= found.beyond.is_some();
        // The counts of the other searches are printed where one goes beyond them.
        words.cut_off |= found.beyond.is_some() && found.counts().iter().any(|count| count.cut > 0);
        if !keeps {
            terminal.wrap_after(
                &format!("  {}  ", variant.name),
                ("not as promised", Style::Bad),
                "",
            )?;
        }
        counts(terminal, (variant.name, names), model, &found, bound)?;
        if let Some(failing) = &found.shortest {
            let table = Table::of(&failing.steps, terminal.width(), with_source);
            let found = format!("    the shortest found{}:", table.file());
            terminal.line(Line::new().styled(found, Style::Quiet))?;
            table.print(terminal)?;
            terminal.wrap("          ", Style::Plain, &failing.why.to_string())?;
            let again =
                format!("{replay} --variant {} --schedule {}", variant.name, failing.schedule);
            terminal.command("    again: ", &again)?;
        }
    }
    Ok(kept)
}

fn keeps(promise: Promise, found: &Explored) -> bool {
    let counts = found.counts();
    let (deadlocked, panicked) = counts
        .iter()
        .fold((0, 0), |(one, other), count| (one + count.deadlocked, other + count.panicked));
    match promise {
        Promise::Deadlocks => deadlocked > 0 && panicked == 0,
        Promise::Breaks => panicked > 0 && deadlocked == 0,
        Promise::Holds => deadlocked + panicked == 0 && found.differ.finished() > 0,
    }
}

/// Returns the counts that have a row: of all searches only where one goes beyond two.
fn shown(found: &Explored) -> impl Iterator<Item = Count> {
    let all = found.beyond.is_some();
    let is_shown = move |count: &Count| all || count.whole();
    found.counts().into_iter().filter(is_shown)
}

/// Prints how many schedules there are and how they end, and what came out; a line for each search.
fn counts(
    terminal: &mut Terminal,
    (name, names): (&str, usize),
    model: &Modelled,
    found: &Explored,
    bound: &Bound,
) -> io::Result<()> {
    let Modelled { size, outcome, fails, .. } = *model;
    let name = &format!("{name}, {size}");
    let Some((few, random)) = found.beyond else {
        if found.depth_first.all {
            row(terminal, (name, names), found.depth_first, fails)?;
        } else {
            let more = format!(" more than {} schedules", grouped(found.depth_first.run));
            columns(terminal, (name, names), &[more])?;
        }
        if found.differ.whole() {
            row(terminal, ("  that differ", names), found.differ, fails)?;
        }
        return ends(terminal, outcome, found);
    };
    let told = if found.failed() {
        format!("some of the schedules that were tried {fails}")
    } else if found.counts().iter().any(|count| count.cut > 0) {
        format!("none that was tried fails ({fails}); some were cut off")
    } else {
        format!("none that was tried fails ({fails}), and there are more")
    };
    terminal.wrap(&format!("  {name}: "), Style::Plain, &told)?;
    let differ = if found.differ.whole() { "all that differ" } else { "some that differ" };
    row(terminal, (&format!("  {differ}"), names), found.differ, fails)?;
    let depth_first =
        if found.depth_first.all { "all, depth first" } else { "the first, depth first" };
    row(terminal, (&format!("  {depth_first}"), names), found.depth_first, fails)?;
    let all = if few.all { "all" } else { "some" };
    let few_of = format!("  {all} of at most {} preemptions", bound.preemptions);
    row(terminal, (&few_of, names), few, fails)?;
    row(terminal, (&format!("  at random, --seed {}", bound.seed), names), random, fails)
}

/// The words of a report that have to be explained.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Words {
    cut_off: bool,
    sampled: bool,
}

impl Words {
    /// Explains what the counts of a report are of.
    pub(crate) fn explain(self, terminal: &mut Terminal, bound: &Bound) -> io::Result<()> {
        let mut told = vec![
            "a schedule is an order of the threads' steps".to_owned(),
            "schedules differ if more than independent steps change places".to_owned(),
        ];
        if self.cut_off {
            let most = bound.choices;
            told.push(format!(
                "cut off: not at its end after {most} steps, neither finished nor failed, for threads \
                 that try again can do so for ever"
            ));
        }
        if self.sampled {
            told.push("at random: a sample, which may miss a failure".to_owned());
        }
        terminal.gap();
        terminal.wrap("", Style::Plain, &told.join(" · "))
    }
}

/// Prints in how many of the schedules that differ each outcome came out, where outcomes are
/// counted.
fn ends(terminal: &mut Terminal, outcome: &str, found: &Explored) -> io::Result<()> {
    let counted = found.ends.keys().any(|text| !text.is_empty())
        && found.ends.values().any(|(wrong, _)| !wrong);
    if !counted || found.ends.contains_key("") {
        return Ok(());
    }
    let what = if outcome.is_empty() { String::new() } else { format!(" ({outcome})") };
    let first = format!("    what comes out{what}:  ");
    // Each stays together where the line is wrapped, if it is no longer than this.
    let room = terminal.width().saturating_sub(first.chars().count()).clamp(20, 40);
    let ends = found.ends.iter().map(|(text, (wrong, count))| {
        let ways = if *count == 1 { "way" } else { "ways" };
        let end =
            format!("{text}: {} {ways}{}", grouped(*count), if *wrong { "" } else { " (right)" });
        if end.chars().count() > room { end } else { end.replace(' ', NEVER_WRAPPED) }
    });
    terminal.wrap(&first, Style::Quiet, &ends.collect::<Vec<_>>().join(" · "))
}

/// Prints how many schedules a search has run and how they ended.
fn row(terminal: &mut Terminal, name: (&str, usize), count: Count, fails: &str) -> io::Result<()> {
    columns(terminal, name, &ends_of(count, fails))
}

/// Returns how many schedules a search has run and how they ended, as they stand in a row.
fn ends_of(count: Count, fails: &str) -> Vec<String> {
    let schedules = if count.run - count.given_up == 1 { "schedule" } else { "schedules" };
    // A schedule that was given up is one that was run already.
    let run = count.run - count.given_up;
    let mut ends = vec![
        format!("{:>6} {schedules:<9}", grouped(run)),
        format!(" {:>6} finish", grouped(count.finished())),
    ];
    if count.failed() > 0 {
        ends.push(format!(" {:>6} {fails}", grouped(count.failed())));
    }
    if count.cut > 0 {
        ends.push(format!(" {:>6} cut off", grouped(count.cut)));
    }
    ends
}

/// Prints a name, in a column that wide, and counts: in a line of columns, or, where that is too
/// wide, below the name.
fn columns(
    terminal: &mut Terminal,
    (name, wide): (&str, usize),
    ends: &[String],
) -> io::Result<()> {
    let line = format!("  {name:<wide$} {}", ends.join(""));
    if line.chars().count() <= terminal.width() {
        return terminal.text(&line);
    }
    let indent = 2 + name.len() - name.trim_start().len();
    terminal.wrap(&" ".repeat(indent), Style::Plain, name.trim_start())?;
    let line = format!("    {}", ends.join(""));
    if line.chars().count() <= terminal.width() {
        return terminal.text(&line);
    }
    ends.iter().try_for_each(|end| {
        let (number, told) = end.trim().split_once(' ').unwrap_or_default();
        terminal.wrap(&format!("    {number:>7} "), Style::Plain, told)
    })
}

/// Runs one schedule of a lesson's only variant again, or the beginning of one, and prints it.
///
/// The outer error is the terminal's; the inner one says why there is no such schedule.
pub(crate) fn replay(
    terminal: &mut Terminal,
    chosen: &Chosen,
    schedule: &str,
    with_source: bool,
) -> io::Result<Result<(), String>> {
    let modelled = chosen
        .variants
        .iter()
        .find_map(|variant| variant.model.as_ref().map(|model| (variant, model)));
    let Some((variant, Modelled { outcome, run: model, .. })) = modelled else {
        return Ok(Err("that variant has no model".into()));
    };
    let Some(choices) = explore::read(schedule) else {
        return Ok(Err(explore::NO_SCHEDULE.to_owned()));
    };
    let Some(position) = explore::position(&choices, model) else {
        return Ok(Err(explore::NOT_ITS_OWN.to_owned()));
    };
    let table = Table::of(&position.steps, terminal.width(), with_source);
    terminal.line(Line::new().styled(chosen.lesson.name, Style::Title).plain(format!(
        ", one schedule of {}{}",
        variant.name,
        table.file()
    )))?;
    table.print(terminal)?;
    let told = match &position.end {
        Some(Err(why)) => why.to_string(),
        Some(Ok(out)) if out.is_empty() => "all finished".to_owned(),
        Some(Ok(out)) => format!("all finished: {}", explore::came_out(outcome, out)),
        None => {
            let next = position.can_move().map(|thread| thread.name.as_str());
            format!("the beginning of a schedule; next: {}", next.collect::<Vec<_>>().join(" or "))
        }
    };
    terminal.wrap("          ", Style::Plain, &told).map(Ok)
}
