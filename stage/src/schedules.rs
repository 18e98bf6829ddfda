//! Prints what an exploration found: k of n, and the shortest schedule that fails, a column for
//! each thread.

use std::io;

use comfy_table::{ContentArrangement, Table, presets};

use crate::chosen::Chosen;
use crate::explore::{self, Bound, Count, Explored, Step};
use crate::lanes::in_order;
use crate::lesson::{Modelled, Promise};
use crate::progress::with_spinner;
use crate::source;
use crate::terminal::{Line, Style, Terminal};

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
        counts(terminal, variant.name, model, &found, bound)?;
        if let Some(failing) = &found.shortest {
            terminal.line(Line::new().styled("    the shortest found:", Style::Quiet))?;
            table(terminal, &failing.steps, with_source)?;
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

/// Prints how many schedules there are and how they end, and what came out; a line for each search.
fn counts(
    terminal: &mut Terminal,
    name: &str,
    model: &Modelled,
    found: &Explored,
    bound: &Bound,
) -> io::Result<()> {
    let Modelled { size, outcome, fails, .. } = *model;
    let name = &format!("{name}, {size}");
    let Some((few, random)) = found.beyond else {
        if found.depth_first.all {
            row(terminal, name, found.depth_first, fails)?;
        } else {
            columns(terminal, name, &[format!(" more than {} schedules", found.depth_first.run)])?;
        }
        if found.differ.whole() {
            row(terminal, "  that differ", found.differ, fails)?;
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
    row(terminal, &format!("  {differ}"), found.differ, fails)?;
    let depth_first =
        if found.depth_first.all { "all, depth first" } else { "the first, depth first" };
    row(terminal, &format!("  {depth_first}"), found.depth_first, fails)?;
    let all = if few.all { "all" } else { "some" };
    row(terminal, &format!("  {all} of at most {} preemptions", bound.preemptions), few, fails)?;
    row(terminal, &format!("  at random, --seed {}", bound.seed), random, fails)?;
    Ok(())
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
    let ends = found.ends.iter().map(|(text, (wrong, count))| {
        let ways = if *count == 1 { "way" } else { "ways" };
        format!("{text}: {count} {ways}{}", if *wrong { "" } else { " (right)" })
    });
    let what = if outcome.is_empty() { String::new() } else { format!(" ({outcome})") };
    let first = format!("    what comes out{what}:  ");
    terminal.wrap(&first, Style::Quiet, &ends.collect::<Vec<_>>().join(" · "))
}

/// Prints how many schedules a search has run and how they ended.
fn row(terminal: &mut Terminal, name: &str, count: Count, fails: &str) -> io::Result<()> {
    let schedules = if count.run - count.given_up == 1 { "schedule" } else { "schedules" };
    // A schedule that was given up is one that was run already.
    let run = count.run - count.given_up;
    let mut ends =
        vec![format!("{run:>6} {schedules:<9}"), format!(" {:>6} finish", count.finished())];
    if count.failed() > 0 {
        ends.push(format!(" {:>6} {fails}", count.failed()));
    }
    if count.cut > 0 {
        ends.push(format!(" {:>6} cut off", count.cut));
    }
    columns(terminal, name, &ends)
}

/// Prints a name and counts: in a line of columns, or, where that is too wide, below the name.
fn columns(terminal: &mut Terminal, name: &str, ends: &[String]) -> io::Result<()> {
    let ends_wide: usize = ends.iter().map(|end| end.chars().count()).sum();
    // Long words for a failure take their room from the column of names.
    let wide = terminal.width().saturating_sub(3 + ends_wide).min(30);
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
        .find_map(|variant| variant.model.as_ref().map(|model| (variant, &model.run)));
    let Some((variant, model)) = modelled else {
        return Ok(Err("that variant has no model".into()));
    };
    let Some(choices) = explore::read(schedule) else {
        return Ok(Err(explore::NO_SCHEDULE.to_owned()));
    };
    let Some(position) = explore::position(&choices, model) else {
        return Ok(Err(explore::NOT_ITS_OWN.to_owned()));
    };
    terminal.line(
        Line::new()
            .styled(chosen.lesson.name, Style::Title)
            .plain(format!(", one schedule of {}", variant.name)),
    )?;
    table(terminal, &position.steps, with_source)?;
    let told = match &position.end {
        Some(Err(why)) => why.to_string(),
        Some(Ok(out)) if out.is_empty() => "all finished".to_owned(),
        Some(Ok(out)) => format!("all finished: {out} came out"),
        None => {
            let next = position.can_move().map(|thread| thread.name.as_str());
            format!("the beginning of a schedule; next: {}", next.collect::<Vec<_>>().join(" or "))
        }
    };
    terminal.wrap("          ", Style::Plain, &told).map(Ok)
}

/// Prints steps, a column for each thread and one for the place in the source; if `with_source`, a
/// line for each step, with the source's line below it.
pub(crate) fn table(terminal: &mut Terminal, steps: &[Step], with_source: bool) -> io::Result<()> {
    let mut lanes: Vec<&str> = Vec::new();
    for step in steps {
        if !lanes.contains(&step.lane.as_str()) {
            lanes.push(&step.lane);
        }
    }
    lanes.sort_by_cached_key(|lane| in_order(lane));
    let longest = |lane: &str| {
        let cells =
            steps.iter().filter(|step| step.lane == lane).map(|step| step.did.chars().count());
        cells.chain([lane.chars().count()]).max().unwrap_or(0)
    };
    let places: Vec<_> =
        steps.iter().map(|step| step.at.map(source::short).unwrap_or_default()).collect();
    let place = places.iter().map(|place| place.chars().count()).max().unwrap_or(0);
    let room = terminal.width().saturating_sub(6);
    let wanted = 6 + lanes.iter().map(|lane| longest(lane) + 2).sum::<usize>();
    let placed = place > 0 && wanted + place + 2 <= room;
    // Columns of a word each can be read by nobody.
    if with_source || wanted > room && room.saturating_sub(6) / lanes.len().max(1) < 16 {
        let names = lanes.iter().map(|lane| lane.chars().count()).max().unwrap_or(0);
        for (index, step) in steps.iter().enumerate() {
            terminal.wrap(
                &format!("    {:>3}  {:<names$}  ", index + 1, step.lane),
                Style::Plain,
                &step.did,
            )?;
            let line = step.at.filter(|_| with_source).and_then(|at| Some((at, source::line(at)?)));
            if let Some((at, line)) = line {
                terminal.wrap(&format!("         {}  ", source::short(at)), Style::Quiet, &line)?;
            }
        }
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(room).unwrap_or(u16::MAX));
    let last = placed.then_some("").into_iter();
    table.set_header(std::iter::once("step").chain(lanes.iter().copied()).chain(last));
    for (index, (step, place)) in steps.iter().zip(&places).enumerate() {
        let cells = lanes
            .iter()
            .map(|&lane| if lane == step.lane { step.did.clone() } else { String::new() });
        let place = placed.then(|| place.clone()).into_iter();
        table.add_row(std::iter::once((index + 1).to_string()).chain(cells).chain(place));
    }
    for line in table.lines() {
        terminal.text(&format!("     {line}"))?;
    }
    Ok(())
}
