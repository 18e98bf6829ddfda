//! The lessons: processes that want in, and how many of them are inside at once.

use std::io::{self, BufRead, BufReader, PipeReader, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use tracing::{Span, info_span};

use super::{Semaphore, unlink};
use crate::names::Names;
use crate::part::Part;
use crate::peer::{Parent, Peer};

/// How many processes want in.
const CROWD: usize = 5;
/// How many may be inside at once.
const PERMITS: u32 = 2;

/// What a look at the crowd from outside shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crowd {
    /// How many were inside at once, at the most.
    pub most: usize,
    /// How often someone came in.
    pub came: usize,
}

/// Five processes go in, without a semaphore. All of them wait inside until the last has come.
///
/// # Errors
/// A child cannot be started, or fails.
pub fn free_for_all(program: &Path) -> io::Result<Crowd> {
    crowd(program, CROWD, "-")
}

/// Five processes go in, two at a time. Whoever is inside stays until as many are there as the
/// semaphore lets in: so it is full whenever there is someone left to fill it.
///
/// # Errors
/// The system will not have the semaphore, or a child fails.
pub fn limited(program: &Path) -> io::Result<Crowd> {
    let mut names = Names::new(program)?;
    let _semaphore = names.semaphore(PERMITS)?;
    crowd(program, PERMITS as usize, &names.word())
}

/// Starts the crowd, and lets someone go whenever so many are inside as `full` says, or all that
/// are left.
fn crowd(program: &Path, full: usize, name: &str) -> io::Result<Crowd> {
    // One pipe for what all of them say: so it comes in the order in which it was said.
    let (said, say) = io::pipe()?;
    let mut peers = Vec::new();
    for number in 0..CROWD {
        let mut peer = Peer::handed(program, Part::Crowd, format!("p{number}"), &[say.as_fd()])?;
        peer.tell(format!("{number} {name}"))?;
        peer.expect("open")?;
        peers.push(Some(peer));
    }
    drop(say);
    if name != "-" {
        // All have it open.
        unlink(name)?;
    }
    for peer in peers.iter_mut().flatten() {
        peer.tell("go in")?;
    }
    let crowd = watch(said, &mut peers, full)?;
    for peer in peers.into_iter().flatten() {
        peer.ended()?;
    }
    Ok(crowd)
}

fn watch(said: PipeReader, peers: &mut [Option<Peer>], full: usize) -> io::Result<Crowd> {
    let mut crowd = Crowd { most: 0, came: 0 };
    let mut waits: Vec<Option<Span>> = Vec::new();
    for peer in peers.iter().flatten() {
        waits.push(Some(peer.lane(|| info_span!("waits", what = "to come in"))));
    }
    let mut inside: Vec<(usize, Span)> = Vec::new();
    let mut left = 0;
    // The pipe ends when all of them have ended.
    for line in BufReader::new(said).lines() {
        let line = line?;
        let (number, what) = line.split_once(' ').ok_or(io::ErrorKind::InvalidData)?;
        let number: usize = number.parse().map_err(io::Error::other)?;
        let Some(peer) = peers.get_mut(number).and_then(Option::as_mut) else { continue };
        if what == "in" {
            waits[number] = None;
            inside.push((number, peer.lane(|| info_span!("holds", what = "a place inside"))));
            crowd.came += 1;
            crowd.most = crowd.most.max(inside.len());
        } else {
            inside.retain(|(one, _)| *one != number);
            left += 1;
        }
        let waiting = CROWD - left - inside.len();
        // One goes at a time, and only from a full room: the next line is the next that comes in,
        // or this one's end.
        let goes = inside.first().filter(|_| inside.len() >= full || waiting == 0);
        if let Some(peer) = goes.and_then(|(number, _)| peers[*number].as_mut()) {
            peer.tell("go out")?;
        }
    }
    Ok(crowd)
}

/// A process is killed while it has the only permit; tells whether another one gets it then.
///
/// # Errors
/// The system will not have the semaphore, or a child fails.
pub fn killed_inside(program: &Path) -> io::Result<bool> {
    let mut names = Names::new(program)?;
    let semaphore = names.semaphore(1)?;
    let (said, say) = io::pipe()?;
    let mut killed = Peer::handed(program, Part::Crowd, "killed", &[say.as_fd()])?;
    drop(say);
    killed.tell(format!("0 {}", names.word()))?;
    killed.expect("open")?;
    unlink(&names.word())?;
    killed.tell("go in")?;
    let mut line = String::new();
    BufReader::new(said).read_line(&mut line)?;
    let holds = killed.lane(|| info_span!("holds", what = "the permit"));
    killed.kill()?;
    drop(holds);
    semaphore.try_wait()
}

/// One of the crowd: is told its number, and the semaphore's name or `-`; says when it is in, and
/// when it goes.
pub(crate) fn peer(parent: &Parent, mut handed: impl Iterator<Item = OwnedFd>) -> io::Result<()> {
    let mut say = io::PipeWriter::from(handed.next().ok_or(io::ErrorKind::InvalidInput)?);
    let told = parent.told()?;
    let (number, name) = told.split_once(' ').ok_or(io::ErrorKind::InvalidInput)?;
    let semaphore = (name != "-").then(|| Semaphore::open(name)).transpose()?;
    parent.tell("open")?;
    parent.told()?;
    semaphore.as_ref().map_or(Ok(()), Semaphore::wait)?;
    // In one write: what several write into one pipe is whole line by line only so.
    say.write_all(format!("{number} in\n").as_bytes())?;
    parent.told()?;
    // Said before the permit is given: whoever gets it comes in after this.
    say.write_all(format!("{number} out\n").as_bytes())?;
    semaphore.as_ref().map_or(Ok(()), Semaphore::post)
}
