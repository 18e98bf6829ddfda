//! A file that a run writes at its end: as a whole, or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Finds out whether the file can be written, before anything is run; leaves it as it is.
///
/// # Errors
/// There is no such folder, no right to write, or a folder of that name.
pub(crate) fn can_be_written(file: &Path) -> io::Result<()> {
    match fs::metadata(file) {
        Ok(known) if known.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        // To open a pipe would be to wait for its reader.
        Ok(known) if !known.is_file() => Ok(()),
        Ok(_) => OpenOptions::new().append(true).open(file).map(drop),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        // Of the other name, for this one may end in a slash.
        Err(_) => match unnamed(folder_of(&other_name(file))) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                File::create_new(file).and_then(|_| fs::remove_file(file))
            }
            made => made.map(drop),
        },
    }
}

/// Writes the file. A run that is interrupted or killed meanwhile leaves what was there, and no
/// other file.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    // Where the name is that of a link, the file is what it leads to.
    let file = &file.canonicalize().unwrap_or_else(|_| file.to_owned());
    match replace(file, bytes) {
        // A device or a pipe is nothing that could be replaced, nor is what is mounted, or is in a
        // folder that takes no new file.
        Err(error) if file.symlink_metadata().is_ok() && is_of_the_place(&error) => {
            fs::write(file, bytes)
        }
        replaced => replaced,
    }
}

/// Returns whether it is not for want of room that a new file could not be made.
fn is_of_the_place(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidInput, PermissionDenied, ResourceBusy};

    matches!(error.kind(), InvalidInput | PermissionDenied | ResourceBusy)
}

/// Returns the name that a file has before it replaces another one.
fn other_name(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    name.into()
}

/// Writes a new file, and gives it the name of the old one.
fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    // It may still be a link, to what has no name: a file that was removed, say, and is open.
    if file.symlink_metadata().is_ok_and(|known| !known.is_file()) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let part = &other_name(file);
    let new = match unnamed(folder_of(file)) {
        Ok(mut new) => new.write_all(bytes).map(|()| Some(new))?,
        Err(_) => None,
    };
    // For as long as the file has that other name, no signal ends the process that one can ignore.
    kit::signals::undisturbed(|| {
        let named = match new {
            Some(new) => name(&new, part),
            None => fs::write(part, bytes),
        };
        named.and_then(|()| fs::rename(part, file)).inspect_err(|_| {
            // It may not even have been begun.
            let _ = fs::remove_file(part);
        })
    })
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a file without a name, which ends with its last descriptor (Linux, and not on each of its
/// file systems).
#[cfg(target_os = "linux")]
fn unnamed(folder: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, open};
    use rustix::io::Errno;

    let new = Mode::from_raw_mode(0o666);
    match open(folder, OFlags::WRONLY | OFlags::TMPFILE | OFlags::CLOEXEC, new) {
        Err(Errno::OPNOTSUPP | Errno::ISDIR) => Err(io::ErrorKind::Unsupported.into()),
        opened => Ok(opened?.into()),
    }
}

/// Gives a file without a name one.
#[cfg(target_os = "linux")]
fn name(file: &File, name: &Path) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    use rustix::fs::{AtFlags, CWD, linkat};

    let link = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, link, CWD, name, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
fn unnamed(_folder: &Path) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(target_os = "linux"))]
fn name(_file: &File, _name: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
