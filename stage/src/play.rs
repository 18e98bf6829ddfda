//! The reader as the scheduler: a lesson's model, step by step, with undo.
//!
//! Nothing is kept between two moves but the choices made so far. Each position is reached by
//! running the model anew along them, so undo is to leave the last one out, and a position is the
//! string that `--schedule` takes.

use std::io::{self, BufRead, IsTerminal, Read};

use crate::chosen::Chosen;
use crate::explore::{self, Ahead, Model, Position, Thread, Why};
use crate::lesson::{Modelled, Promise, Variant};
use crate::progress::with_spinner;
use crate::schedules::Table;
use crate::source;
use crate::terminal::{Style, Terminal};
use crate::typed::typed;

mod columns;
mod goal;

use self::columns::columns;
use self::goal::{goal, ways};

/// How many schedules a hint and a count look ahead at the most.
const AHEAD: usize = 2_000;

/// Lets the reader choose each step of a variant, from a beginning that is given.
///
/// The outer error is the terminal's; the inner one says why it cannot be played.
pub(crate) fn play(
    terminal: &mut Terminal,
    topic: &str,
    chosen: &Chosen,
    schedule: Option<&str>,
) -> io::Result<Result<(), String>> {
    let broken = |variant: &&Variant| variant.promise != Promise::Holds;
    let modelled = || chosen.variants.iter().filter(|variant| variant.model.is_some());
    let Some(variant) = modelled().find(broken).or_else(|| modelled().next()) else {
        return Ok(Err(format!("{} has no model to play", chosen.lesson.name)));
    };
    let Some(Modelled { size, outcome, run: model, .. }) = &variant.model else {
        unreachable!("it was looked for")
    };
    let begin = match schedule.map(explore::read) {
        None => Vec::new(),
        Some(Some(choices)) => choices,
        Some(None) => return Ok(Err(explore::NO_SCHEDULE.to_owned())),
    };
    let Some(position) = explore::position(&begin, model) else {
        return Ok(Err(explore::NOT_ITS_OWN.to_owned()));
    };
    let whole = with_spinner("the schedules", || explore::ahead(&[], AHEAD, model));
    let again = format!("{} {} --variant {}", typed(topic), chosen.lesson.name, variant.name);
    let goal = if position.end.is_some() && position.moves.is_empty() {
        "there is nothing to choose, it ends so in every schedule".to_owned()
    } else {
        goal(variant, &whole, model)
    };
    let title = (chosen.lesson.name, format!(" · {}, {size}: {goal}", variant.name));
    let interactive = io::stdin().is_terminal();
    let mut game = Game { model, outcome, position, title, again, interactive };
    game.run(terminal).map(Ok)
}

/// The bytes of the longest line that is read: the line of a device such as /dev/zero has no end.
const LONGEST: u64 = 4096;

/// Reads what the reader has typed; `None` at the end, where nothing can be read, or where a line is
/// longer than anybody types. What is no text is an empty line.
pub(crate) fn next_line(input: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    let read = input.take(LONGEST).read_until(b'\n', &mut line).ok()? as u64;
    let is_whole = read < LONGEST || line.ends_with(b"\n");
    (read > 0 && is_whole).then(|| String::from_utf8(line).unwrap_or_default())
}

/// Writes a number of moves.
fn moves_of(count: usize) -> String {
    format!("{count} {}", if count == 1 { "move" } else { "moves" })
}

struct Game<'a> {
    model: &'a Model,
    /// What comes out of it.
    outcome: &'static str,
    position: Position,
    /// The lesson's name, and the rest of the title.
    title: (&'static str, String),
    /// The command that a schedule is added to.
    again: String,
    /// Whether a person types, whose lines stand on the screen already.
    interactive: bool,
}

/// What the reader wants.
enum Wish {
    Move(usize),
    Undo,
    Hint,
    All,
    Quit,
    Unknown(String),
}

impl Wish {
    fn read(line: &str) -> Self {
        match line.trim() {
            "u" | "undo" => Self::Undo,
            "h" | "hint" => Self::Hint,
            "s" | "show" => Self::All,
            "q" | "quit" => Self::Quit,
            other => other.parse().map_or_else(|_| Self::Unknown(other.to_owned()), Self::Move),
        }
    }
}

impl Game<'_> {
    fn run(&mut self, terminal: &mut Terminal) -> io::Result<()> {
        let (name, rest) = &self.title;
        terminal.wrap(name, Style::Title, rest)?;
        self.show(terminal)?;
        let mut input = io::stdin().lock();
        loop {
            self.prompt(terminal)?;
            let Some(line) = next_line(&mut input) else {
                terminal.text("")?;
                return self.leave(terminal);
            };
            if !self.interactive {
                terminal.text(line.trim())?;
            }
            match Wish::read(&line) {
                Wish::Quit => return self.leave(terminal),
                Wish::Undo => self.undo(terminal)?,
                Wish::Hint => self.hint(terminal)?,
                Wish::All => self.all(terminal)?,
                Wish::Move(number) => self.take(terminal, number)?,
                Wish::Unknown(word) => {
                    let known = "a number from the list, u, h, s or q";
                    terminal.wrap("  ", Style::Plain, &format!("'{word}' is no move: {known}"))?;
                }
            }
        }
    }

    fn prompt(&self, terminal: &mut Terminal) -> io::Result<()> {
        if terminal.width() < 62 {
            return terminal.prompt("  number, u, h, s or q > ");
        }
        let moves = match self.position.can_move().count() {
            0 => String::new(),
            1 => "1: the move, ".to_owned(),
            most => format!("1 to {most}: a move, "),
        };
        terminal.prompt(&format!("  {moves}u: undo, h: hint, s: show all, q: quit > "))
    }

    /// Prints where each thread stands, and what could be done next.
    fn show(&self, terminal: &mut Terminal) -> io::Result<()> {
        let Position { begun, moves, threads, end, .. } = &self.position;
        terminal.gap();
        columns(terminal, threads)?;
        terminal.gap();
        let steps = moves.iter().map(|made| &made.step);
        let told: Vec<_> = steps.map(|step| format!("{} {}", step.lane, step.did)).collect();
        let (skipped, last) = told.split_at(told.len().saturating_sub(4));
        let dots = if skipped.is_empty() { "" } else { "… · " };
        match moves.len() {
            0 if begun.is_empty() => terminal.wrap("  no move yet", Style::Quiet, "")?,
            0 => terminal.wrap("  before the first move:  ", Style::Quiet, begun)?,
            count => terminal.wrap(
                &format!("  {}:  ", moves_of(count)),
                Style::Quiet,
                &format!("{dots}{}", last.join(" · ")),
            )?,
        }
        if let Some(end) = end {
            return self.end(terminal, end);
        }
        for (number, thread) in (1..).zip(self.position.can_move()) {
            let next = thread.next.as_deref().unwrap_or_default();
            let past = if thread.is_past() { "after " } else { "" };
            let at = thread.at.map(|at| format!("{past}{}", source::short(at)));
            let at = at.unwrap_or_default();
            terminal.wrap(
                &format!("  {number:>3}  "),
                Style::Title,
                &format!("{} {next}  {at}", thread.name),
            )?;
        }
        Ok(())
    }

    fn end(&self, terminal: &mut Terminal, end: &Result<String, Why>) -> io::Result<()> {
        let moves = format!("in {}", moves_of(self.position.moves.len()));
        match end {
            Err(Why::Deadlock) => {
                terminal.wrap("  ", Style::Bad, &format!("nobody can move: deadlock, {moves}"))
            }
            Err(why) => terminal.wrap("  ", Style::Bad, &format!("it fails, {moves}: {why}")),
            Ok(out) if out.is_empty() => {
                terminal.wrap("  ", Style::Good, &format!("all have finished, {moves}"))
            }
            Ok(out) => terminal.wrap(
                "  ",
                Style::Good,
                &format!("all have finished, {moves}: {}", explore::came_out(self.outcome, out)),
            ),
        }
    }

    fn take(&mut self, terminal: &mut Terminal, number: usize) -> io::Result<()> {
        let chosen = number.checked_sub(1).and_then(|index| self.position.can_move().nth(index));
        let Some(task) = chosen.map(|thread| thread.task) else {
            let count = self.position.can_move().count();
            let told = match count {
                0 => "nobody can move any more: u undoes the last move".to_owned(),
                1 => format!("there is no move {number}: there is only 1"),
                _ => format!("there is no move {number}: there are 1 to {count}"),
            };
            return terminal.wrap("  ", Style::Plain, &told);
        };
        let mut choices = self.position.choices.clone();
        choices.push(task);
        self.go(terminal, &choices)
    }

    fn undo(&mut self, terminal: &mut Terminal) -> io::Result<()> {
        let Some(last) = self.position.moves.last() else {
            return terminal.wrap("  ", Style::Plain, "this is the beginning");
        };
        let choices = self.position.choices[..last.before].to_vec();
        self.go(terminal, &choices)
    }

    fn go(&mut self, terminal: &mut Terminal, choices: &[usize]) -> io::Result<()> {
        match explore::position(choices, self.model) {
            Some(position) => {
                self.position = position;
                self.show(terminal)
            }
            None => terminal.wrap(
                "  ",
                Style::Bad,
                "the model does not come here again: it is not the same in each run",
            ),
        }
    }

    /// Tells a move that leads to a failure, or that none does.
    fn hint(&self, terminal: &mut Terminal) -> io::Result<()> {
        let Position { choices, end, .. } = &self.position;
        if end.is_some() {
            return terminal.wrap("  ", Style::Plain, "this is the end: u undoes the last move");
        }
        let Ahead { count, failing, .. } =
            with_spinner("the schedules from here", || explore::ahead(choices, AHEAD, self.model));
        let ends = failing.iter().filter_map(|choices| explore::position(choices, self.model));
        let nearest = ends.min_by_key(|end| end.moves.len());
        let next = nearest.as_ref().and_then(|end| {
            let next = end.moves.iter().find(|made| made.before >= choices.len())?;
            let task = end.choices[next.before];
            (1..).zip(self.position.can_move()).find(|(_, thread)| thread.task == task)
        });
        let told = match (next, &nearest) {
            (Some((number, Thread { name, next, .. })), Some(end)) => {
                let left = moves_of(end.moves.len() - self.position.moves.len());
                let next = next.as_deref().unwrap_or_default();
                format!("{number}, {name} {next}, leads to a failure, {left} away")
            }
            _ => ways(&count),
        };
        terminal.wrap("  ", Style::Plain, &told)
    }

    /// Prints all moves so far, and what the schedules come to from here.
    fn all(&self, terminal: &mut Terminal) -> io::Result<()> {
        let Position { begun, moves, .. } = &self.position;
        if !begun.is_empty() {
            terminal.wrap("  before the first move:  ", Style::Quiet, begun)?;
        }
        let steps: Vec<_> = moves.iter().map(|made| made.step.clone()).collect();
        Table::of(&steps, terminal.width(), true).print(terminal)?;
        if self.position.end.is_none() {
            let ahead = explore::ahead(&self.position.choices, AHEAD, self.model);
            terminal.wrap("  ", Style::Plain, &format!("from here: {}", ways(&ahead.count)))?;
        }
        Ok(())
    }

    /// Ends the game, and tells how to come back to where it stands.
    fn leave(&self, terminal: &mut Terminal) -> io::Result<()> {
        let Self { again, position, .. } = self;
        let schedule = position.schedule();
        terminal.command("  this position:  ", &format!("{again} --play --schedule {schedule}"))
    }
}
